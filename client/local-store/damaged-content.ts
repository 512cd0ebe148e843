/** What stands in the file is not what is ever written there. */
export class DamagedContent extends Error {
  override readonly name = "DamagedContent";
}
