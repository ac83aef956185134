// What must be sent at the very least.
import { killUsers } from './kill.ts';

await killUsers();
