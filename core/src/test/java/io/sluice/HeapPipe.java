package io.sluice;

import io.sluice.file.HeapStorage;

/** Pipes on the heap of this process. */
final class HeapPipe {
    private HeapPipe() {}

    static Pipe create(PipeSpec spec) {
        return new Pipe(HeapStorage.create(spec.geometry()));
    }
}
