/** One published run of Noise_NK_25519_AESGCM_SHA256; everything is hexadecimal. */
export interface NoiseVector {
  readonly source: string;
  readonly prologue: string;
  readonly initiatorEphemeral: string;
  readonly serverKey: string;
  readonly serverSecret: string;
  readonly responderEphemeral: string;
  readonly handshakeHash?: string;
  /** The two of the handshake, then transport messages, by turns from the initiator and to it. */
  readonly messages: readonly { readonly payload: string; readonly ciphertext: string }[];
}

export const noiseVectors: readonly NoiseVector[] = [
  {
    source: "haskell-cryptography/cacophony, vectors/cacophony.txt (public domain)",
    prologue: "4a6f686e2047616c74",
    initiatorEphemeral: "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
    serverKey: "31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62",
    serverSecret: "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
    responderEphemeral: "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
    handshakeHash: "f8a87aa8add4fea6e33365b89637486c2f6564546ce29d1df9ce9abf78c507d7",
    messages: [
      {
        payload: "4c756477696720766f6e204d69736573",
        ciphertext:
          "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c794475ab4d66d222457dd414bc5f296bc7b4078cc7d72af5192628b68bca7d28844b",
      },
      {
        payload: "4d757272617920526f746862617264",
        ciphertext:
          "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884303c7d89310502baa8299520ba451624c3c0492e2698f8d457c32400b91fd8a",
      },
      {
        payload: "462e20412e20486179656b",
        ciphertext: "304f70c37c93573099228016d54cb15213af94eb598d1b17df1153",
      },
      {
        payload: "4361726c204d656e676572",
        ciphertext: "a1bf6c954529f29b31d8ae9f67d2c18dbd332aa1a0918690c6d80b",
      },
      {
        payload: "4a65616e2d426170746973746520536179",
        ciphertext: "2e8f3e51888360b2b2d83a64dde9943c7dd3c5e84ac7c4b4e2d5cfc025b6c854d3",
      },
      {
        payload: "457567656e2042f6686d20766f6e2042617765726b",
        ciphertext: "8498bf41212a8b87c9eeb408274c75b3558fd0530865b5a7932d4b3af812d85b3df27e6f33",
      },
    ],
  },
  {
    source: "mcginty/snow, tests/vectors/snow.txt (MIT or Apache-2.0)",
    prologue:
      "5468657265206973206e6f20726967687420616e642077726f6e672e2054686572652773206f6e6c792066756e20616e6420626f72696e672e",
    initiatorEphemeral: "02e04d1bed1c50a9be7d958d9c06ddec76881ef39b762f1601901b25ff1e46a4",
    serverKey: "64c1c425f047a6d90a7fd1ea6756fc9adfc197748d72cd1f015be61f504d9527",
    serverSecret: "6769f07983e44fe6ff82ace61b5b5a13ca6be7dde385dea6ccd7f3cfe535cec6",
    responderEphemeral: "aaf5caca88dd39acb6c84795812854f62ded2ae0c67d648f312394257a32113f",
    messages: [
      {
        payload: "69ae4e493d11522fcb749a055877fdac2ac17e94cf960acc3a2e53e577c92d5a",
        ciphertext:
          "270f4f126d1d152350b0059ab9b9fb21bfa96e0c762be7ce026e814b252ad92b699ecc4a8fb66c33a683410766c1ed0b2d28fafd448d627dd0b09224b9a91b9606eddd56213fdbd7ba6cc07065a7c49f",
      },
      {
        payload: "ee2a0bd186b6afba4a0337a55a4c77d3226f17b8e0b7ea7c3baeea30c3dc9f25",
        ciphertext:
          "9a176f6eaf3ebf725cec49c53352f57c7efe3b1cd5ea3853ad8992f82f53522352b0330096bb06541120b58e228a62ec2f3cc07d60c66d62492637a16692919b6e2608911f782d39425864e7c2c3621b",
      },
      {
        payload: "4020fe66c7cb638c46097b36326ef50fb1635c04c1e73531eb0c3a46a13b51a5",
        ciphertext:
          "9ef5f71dabe587067b48c5f18e2251218cb85926c512da4ecf307350f49977ca1a71458f345cd530596225da2c0b3660",
      },
      {
        payload: "48960984defe32c0a68782f3204eccece590409f2c0e5b95b1f0aa4fd0078a36",
        ciphertext:
          "ca4b7f6f48f52282737c3e54b9801e815a03a746ef074e23be1e2c9efb7173f18bebeb6201c87f6fcde4fece6e2c8761",
      },
    ],
  },
];
