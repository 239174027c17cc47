/** What `act` gives; where it fails, the failure is logged and `otherwise` holds: one bad object must not take the others along. */
export function survived<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch (problem) {
    console.error(problem);
    return otherwise;
  }
}
