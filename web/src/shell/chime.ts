import { sound } from "../ui/look.ts";

/** Pitch in Hz of each note. */
const NOTES = { soft: [523, 659], bright: [880, 1175] } as const;
const NOTE_S = 0.12;
let context: AudioContext | undefined;

/** Plays the chosen tone; nothing where none is chosen, or where the browser wants somebody to press something first. */
export function chime(): void {
  const chosen = sound.value;
  if (chosen === "system" || chosen === "off") return;
  context ??= new AudioContext();
  void context.resume().catch(() => undefined);
  const from = context.currentTime;
  NOTES[chosen].forEach((pitch, n) => {
    const [tone, volume] = [new OscillatorNode(context!, { frequency: pitch }), new GainNode(context!, { gain: 0 })];
    const start = from + n * NOTE_S;
    volume.gain.setValueAtTime(0.15, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_S * 2);
    tone.connect(volume).connect(context!.destination);
    tone.start(start);
    tone.stop(start + NOTE_S * 2);
  });
}
