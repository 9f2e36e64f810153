// Reads QR codes from the camera. The reader (zxing, WebAssembly) is loaded when the camera is first switched on.

const GONE = 2500; // milliseconds a code must be out of sight before it counts as shown again

let readerReady = null;

/** `reader`: addresses and integrities from the vendor lock: {module, moduleIntegrity, shared, …, wasm, …}. */
function loadReader(reader) {
  readerReady ??= (async () => {
    await Promise.all([
      preload(reader.module, reader.moduleIntegrity),
      preload(reader.shared, reader.sharedIntegrity),
    ]);
    const [zxing, wasm] = await Promise.all([
      import(reader.module),
      fetch(reader.wasm, { integrity: reader.wasmIntegrity }).then((answer) => answer.arrayBuffer()),
    ]);
    await zxing.prepareZXingModule({
      overrides: { wasmBinary: wasm, locateFile: () => reader.wasm },
      fireImmediately: true,
    });
    return zxing;
  })();
  readerReady.catch(() => { readerReady = null; });
  return readerReady;
}

/** A module fetched with its integrity; a later import takes this copy or fails. */
function preload(address, integrity) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "modulepreload", href: address, integrity, onload: resolve });
    link.onerror = () => reject(new Error(`cannot load ${address}`));
    document.head.append(link);
  });
}

/**
 * Show the camera in `video` and call `onCode(text)` for each code that comes into sight.
 * Resolves to a function that switches the camera off; rejects when there is none or it is not allowed.
 */
export async function startCamera(video, reader, onCode) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  try {
    const zxing = await loadReader(reader);
    video.srcObject = stream;
    await video.play();
    readFrames(video, zxing, onCode, () => video.srcObject === stream && stream.active);
  } catch (error) {
    stop();
    throw error;
  }
  return () => {
    stop();
    video.srcObject = null;
  };
}

function readFrames(video, zxing, onCode, running) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let seen = { text: "", at: -Infinity };

  const read = async () => {
    if (!running()) return;
    const found = await readOne(video, canvas, context, zxing);
    if (!running()) return;
    const now = performance.now();
    if (found && (found !== seen.text || now - seen.at > GONE)) onCode(found);
    if (found) seen = { text: found, at: now };
    next();
  };
  const next = () => video.requestVideoFrameCallback(() => read().catch(next));
  next();
}

/** The text of the QR code in the current frame, or "". */
async function readOne(video, canvas, context, zxing) {
  if (!video.videoWidth) return "";
  if (canvas.width !== video.videoWidth) canvas.width = video.videoWidth;
  if (canvas.height !== video.videoHeight) canvas.height = video.videoHeight;
  context.drawImage(video, 0, 0);
  const frame = context.getImageData(0, 0, canvas.width, canvas.height);
  const results = await zxing.readBarcodes(frame, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
  return results.length && results[0].isValid ? results[0].text : "";
}
