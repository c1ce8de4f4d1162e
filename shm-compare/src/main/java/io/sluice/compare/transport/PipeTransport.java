package io.sluice.compare.transport;

import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;

/** {@code pipe(2)}, blocking. */
final class PipeTransport implements Transport {
    @Override
    public String id() {
        return "pipe";
    }

    @Override
    public String waiting() {
        return Factors.BLOCK;
    }

    @Override
    public String description() {
        return "anonymous pipe, blocking write(2) and read(2)";
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        return AnonymousPipes.prepare();
    }

    @Override
    public Link open(Side side, Path directory, String address, int size) throws IOException {
        return AnonymousPipes.open(side, address, size);
    }
}
