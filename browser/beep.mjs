// beep is a WAV of so many seconds: 16 bits, stereo, 44,100 samples a second.
export function beep(seconds) {
  const frames = 44_100 * seconds;
  const file = Buffer.alloc(44 + 4 * frames);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + 4 * frames, 4);
  file.write("WAVEfmt ", 8);
  for (const [at, value, size] of [[16, 16, 4], [20, 1, 2], [22, 2, 2], [24, 44_100, 4], [28, 176_400, 4], [32, 4, 2], [34, 16, 2]]) file.writeUIntLE(value, at, size);
  file.write("data", 36);
  file.writeUInt32LE(4 * frames, 40);
  for (let i = 0; i < frames; i++) for (const side of [0, 2]) file.writeInt16LE(Math.round(9_000 * Math.sin((i * 2 * Math.PI * 500) / 44_100)), 44 + 4 * i + side);
  return file;
}
