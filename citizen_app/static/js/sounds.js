// Three short sounds made from tones, and speech. A browser allows sound only after the first touch.

const TUNES = {
  good: { wave: "sine", volume: 0.25, notes: [[880, 0.09], [1318.5, 0.22]] },
  bad: { wave: "square", volume: 0.12, notes: [[220, 0.18], [0, 0.07], [220, 0.3]] },
  ask: { wave: "triangle", volume: 0.22, notes: [[587.3, 0.16], [493.9, 0.24]] },
};

let audio = null;

function wake() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume().catch(() => {});
}

for (const event of ["pointerdown", "keydown"]) window.addEventListener(event, wake, { passive: true });

/** Play the sound of a result; silent while the browser forbids sound. */
export function playTone(tone) {
  if (!audio || audio.state !== "running") return;
  const { wave, volume, notes } = TUNES[tone] ?? TUNES.ask;
  let at = audio.currentTime;
  for (const [frequency, seconds] of notes) {
    if (frequency) playNote(wave, volume, frequency, at, seconds);
    at += seconds;
  }
}

function playNote(wave, volume, frequency, at, seconds) {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = wave;
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(volume, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}

/** Say a sentence aloud in `language`; a new sentence interrupts the old one. */
export function speak(sentence, language) {
  if (!sentence || !("speechSynthesis" in window)) return;
  const words = new SpeechSynthesisUtterance(sentence);
  words.lang = language;
  speechSynthesis.cancel();
  speechSynthesis.speak(words);
}
