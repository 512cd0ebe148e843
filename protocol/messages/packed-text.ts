/** JSON of `room_messages` around rows that are JSON already, commas between them. */
export function roomMessagesText(roomId: string, rowsText: string): string {
  return `{"type":"room_messages","room_id":"${roomId}","messages":[${rowsText}]}`;
}
