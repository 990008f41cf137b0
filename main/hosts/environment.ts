// The first import of every entry point: what must stand before any library is loaded.
import { installOfflineGuard } from '../core/privacy/offline-guard.ts';

// ONNX Runtime reads it once, when it is first loaded, and would otherwise send usage data.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

installOfflineGuard();

process.on('uncaughtException', (error) => {
  // The state is unknown from here on. Whoever started this process starts it again; the archive is safe on disk.
  console.error(error.stack ?? error.message);
  process.exit(1);
});
