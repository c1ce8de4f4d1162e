package io.sluice.aeron;

import io.aeron.archive.checksum.Checksum;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A checksum for the recordings of an archive: CRC-32C. With one, an archive that was killed can be
 * started again, because it can tell whether the last fragment is whole. Unlike those of Aeron it
 * needs no flag of the JVM.
 *
 * <p>The embedded archive of a bridge has it. An external one is given it by its name, in the
 * system property {@code aeron.archive.record.checksum}.
 */
public final class FragmentChecksum implements Checksum {
    private final UnsafeBuffer fragment = new UnsafeBuffer(0, 0);
    private final CRC32C sum = new CRC32C();
    private byte[] bytes = new byte[1 << 11];

    /** Creates a checksum. Aeron does so, by its name. */
    public FragmentChecksum() {}

    /** Returns the checksum of memory. One thread at a time. */
    @Override
    public int compute(long address, int offset, int length) {
        if (length > bytes.length) {
            bytes = new byte[Integer.highestOneBit(length) << 1];
        }
        fragment.wrap(address + offset, length);
        fragment.getBytes(0, bytes, 0, length);
        sum.reset();
        sum.update(bytes, 0, length);
        return (int) sum.getValue();
    }
}
