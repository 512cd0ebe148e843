/** What has passed through all connections since the start. Plain numbers: they are changed for each frame. */
export class Traffic {
  framesReceived = 0;
  /** Of payloads: what carries them is the transports' business. */
  bytesReceived = 0;
  framesSent = 0;
  /** Of frames with their headers, before TLS or Noise. */
  bytesSent = 0;
}
