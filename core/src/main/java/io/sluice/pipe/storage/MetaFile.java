package io.sluice.pipe.storage;

import static io.sluice.pipe.storage.MetaDescriptor.CAPACITY_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.CHECKSUM_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.FEATURES_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.MAGIC;
import static io.sluice.pipe.storage.MetaDescriptor.MAGIC_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.PAGE_SIZE_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.RECEIVERS_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.SEGMENTS_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.SENDERS_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.UUID_HIGH_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.UUID_LOW_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.VERSION;
import static io.sluice.pipe.storage.MetaDescriptor.VERSION_OFFSET;

import io.sluice.InvalidPipeException;
import io.sluice.linux.Mapping;
import io.sluice.memory.Memory;
import io.sluice.pipe.storage.PipeLayout.Feature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Writes and checks the immutable part of {@code meta}. */
final class MetaFile {
    private MetaFile() {}

    static void write(Memory meta, PipeLayout pipeLayout) {
        meta.setLong(MAGIC_OFFSET, MAGIC);
        meta.setLong(VERSION_OFFSET, VERSION);
        meta.setLong(FEATURES_OFFSET, pipeLayout.features());
        meta.setLong(PAGE_SIZE_OFFSET, pipeLayout.pageSize());
        meta.setLong(CAPACITY_OFFSET, pipeLayout.capacity());
        meta.setLong(SEGMENTS_OFFSET, pipeLayout.segments());
        meta.setLong(SENDERS_OFFSET, pipeLayout.senders());
        meta.setLong(RECEIVERS_OFFSET, pipeLayout.receivers());
        meta.setLong(UUID_HIGH_OFFSET, pipeLayout.uuid().getMostSignificantBits());
        meta.setLong(UUID_LOW_OFFSET, pipeLayout.uuid().getLeastSignificantBits());
        meta.setLong(CHECKSUM_OFFSET, checksum(copy(meta)));
    }

    /**
     * Reads the geometry of a pipe. Each word is read once, then checked, then used.
     *
     * @param path the file, for messages
     * @param meta its memory, at least one page
     */
    static PipeLayout read(Path path, Memory meta) throws IOException {
        return PipeFiles.guard(path, () -> parse(path, meta));
    }

    static PipeLayout parse(Path path, Memory meta) {
        ByteBuffer header = copy(meta);
        long magic = header.getLong(MAGIC_OFFSET);
        if (magic == Long.reverseBytes(MAGIC)) {
            throw new InvalidPipeException(
                    path, "a pipe made on a machine of the other byte order", "this machine's");
        }
        if (magic != MAGIC) {
            throw new InvalidPipeException(
                    path, String.format("magic 0x%016x", magic), String.format("0x%016x", MAGIC));
        }
        long version = header.getLong(VERSION_OFFSET);
        if (version != VERSION) {
            throw new InvalidPipeException(
                    path,
                    "format version " + version,
                    "version " + VERSION + ", the one that this Sluice reads");
        }
        long found = meta.getLong(CHECKSUM_OFFSET);
        long checksum = checksum(header);
        if (found != checksum) {
            throw new InvalidPipeException(
                    path,
                    String.format("checksum 0x%08x", found),
                    String.format("0x%08x, the checksum of its content", checksum));
        }
        long features = header.getLong(FEATURES_OFFSET);
        if ((features & ~Feature.all()) != 0) {
            throw new InvalidPipeException(
                    path,
                    String.format("feature bits 0x%x", features),
                    String.format("some of 0x%x: a newer Sluice made this pipe", Feature.all()));
        }
        PipeLayout pipeLayout =
                new PipeLayout(
                        new UUID(header.getLong(UUID_HIGH_OFFSET), header.getLong(UUID_LOW_OFFSET)),
                        clamp(header.getLong(PAGE_SIZE_OFFSET)),
                        clamp(header.getLong(CAPACITY_OFFSET)),
                        clamp(header.getLong(SEGMENTS_OFFSET)),
                        clamp(header.getLong(SENDERS_OFFSET)),
                        clamp(header.getLong(RECEIVERS_OFFSET)),
                        features);
        if (!pipeLayout.isValid()) {
            throw new InvalidPipeException(
                    path, pipeLayout.toString(), "powers of two, and ends, within limits");
        }
        if (pipeLayout.pageSize() != Mapping.pageSize()) {
            throw new InvalidPipeException(
                    path,
                    "page size " + pipeLayout.pageSize(),
                    "this machine's " + Mapping.pageSize());
        }
        return pipeLayout;
    }

    private static int clamp(long value) {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
    }

    private static ByteBuffer copy(Memory meta) {
        ByteBuffer header = ByteBuffer.allocate(CHECKSUM_OFFSET).order(ByteOrder.nativeOrder());
        for (int offset = 0; offset < CHECKSUM_OFFSET; offset += Long.BYTES) {
            header.putLong(offset, meta.getLong(offset));
        }
        return header;
    }

    private static long checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, CHECKSUM_OFFSET);
        return crc.getValue();
    }
}
