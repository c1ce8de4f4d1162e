package io.sluice.pipe.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.InvalidPipeException;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import io.sluice.linux.Platform;
import io.sluice.pipe.storage.PipeLayout.Feature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Any file that is not a valid pipe is refused with a message, and stays unchanged. */
class PipeFilesTest {
    private static final int CAPACITY = 1 << 16;

    @TempDir Path directory;
    private Path path;
    private Path meta;
    private Path lane;

    @BeforeEach
    void create() throws IOException {
        path = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(CAPACITY).senders(1)).path();
        meta = path.resolve(PipeFiles.META);
        lane = path.resolve(PipeFiles.LANE);
    }

    /** Checks that opening and deleting both fail, with this message. */
    private static void refused(Path path, String found, String expected) {
        for (var attempt :
                new org.junit.jupiter.api.function.Executable[] {
                    () -> Pipe.open(path), () -> Pipe.delete(path)
                }) {
            says(assertThrows(InvalidPipeException.class, attempt), found, expected);
        }
    }

    private static void says(InvalidPipeException e, String found, String expected) {
        String message = e.getMessage();
        int middle = message.indexOf("; expected ");
        assertTrue(middle > 0 && message.contains(": found "), message);
        assertTrue(message.substring(0, middle).contains(found), message);
        assertTrue(message.substring(middle).contains(expected), message);
    }

    private static long word(Path file, int offset) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        try (FileChannel channel = FileChannel.open(file)) {
            assertEquals(8, channel.read(word, offset));
        }
        return word.getLong(0);
    }

    private static void setWord(Path file, int offset, long value) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(word.putLong(0, value), offset);
        }
    }

    /** Changes a word of meta, and corrects the checksum. */
    private void setMeta(int offset, long value) throws IOException {
        setWord(meta, offset, value);
        CRC32C checksum = new CRC32C();
        checksum.update(Files.readAllBytes(meta), 0, MetaDescriptor.CHECKSUM_OFFSET);
        setWord(meta, MetaDescriptor.CHECKSUM_OFFSET, checksum.getValue());
    }

    private static void resize(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
            if (channel.size() < size) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
        }
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void anUnusedNameIsNoPipe() throws IOException {
        assertThrows(NoSuchFileException.class, () -> Pipe.open(directory.resolve("none")));
        assertEquals(false, Pipe.delete(directory.resolve("none")));
    }

    @Test
    void aPlainFileIsRefused() {
        refused(meta, "a file", "a directory");
    }

    @Test
    void anEmptyDirectoryIsRefused() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        mode(empty, "rwx------");
        refused(empty, "no file meta", "a pipe's files");
        assertTrue(Files.isDirectory(empty));
    }

    @Test
    void aSymbolicLinkToAPipeIsRefused() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), path);
        refused(link, "a symbolic link", "a directory");
        assertTrue(Files.isSymbolicLink(link));
    }

    @ParameterizedTest
    @ValueSource(strings = {PipeFiles.META, PipeFiles.LOCKS, PipeFiles.LANE})
    void aMissingFileIsRefused(String name) throws IOException {
        Files.delete(path.resolve(name));
        refused(path, "no file " + name, "a pipe's files");
    }

    @ParameterizedTest
    @ValueSource(strings = {PipeFiles.META, PipeFiles.LOCKS, PipeFiles.LANE})
    void aSymbolicLinkInPlaceOfAFileIsRefused(String name) throws IOException {
        Path moved = Files.move(path.resolve(name), directory.resolve("moved"));
        Files.createSymbolicLink(path.resolve(name), moved);
        refused(path, "a symbolic link", "a regular file");
    }

    @ParameterizedTest
    @ValueSource(strings = {PipeFiles.META, PipeFiles.LOCKS, PipeFiles.LANE})
    void aDirectoryInPlaceOfAFileIsRefused(String name) throws IOException {
        Files.delete(path.resolve(name));
        Files.createDirectory(path.resolve(name));
        refused(path, "a directory", "a regular file");
    }

    @ParameterizedTest
    @CsvSource({"meta,-1", "meta,1", "meta,-4096", "locks,1", "lane-0,-1", "lane-0,1"})
    void aFileThatIsTooShortOrTooLongIsRefused(String name, int more) throws IOException {
        Path file = path.resolve(name);
        long size = Files.size(file);
        assumeTrue(size + more >= 0, () -> "pages are larger here: " + size);
        resize(file, size + more);
        refused(path, (size + more) + " bytes", size + (size + more < 4096 ? "" : " bytes"));
    }

    @Test
    void aForeignMagicIsRefused() throws IOException {
        setMeta(MetaDescriptor.MAGIC_OFFSET, 0x1234);
        refused(path, "magic 0x0000000000001234", "0x4550495043554c53");
    }

    @Test
    void aPipeOfTheOtherByteOrderIsRefused() throws IOException {
        setMeta(MetaDescriptor.MAGIC_OFFSET, Long.reverseBytes(MetaDescriptor.MAGIC));
        refused(path, "the other byte order", "this machine's");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 4, 6, -1, Long.MAX_VALUE})
    void anotherVersionIsRefused(long version) throws IOException {
        setMeta(MetaDescriptor.VERSION_OFFSET, version);
        refused(path, "format version " + version, "version " + MetaDescriptor.VERSION);
    }

    @Test
    void anUnknownFeatureIsRefused() throws IOException {
        int known = Feature.values().length;
        String expected = String.format("some of 0x%x", (1L << known) - 1);
        for (int bit = known; bit < Long.SIZE; bit++) {
            setMeta(MetaDescriptor.FEATURES_OFFSET, 1L << bit);
            refused(path, String.format("feature bits 0x%x", 1L << bit), expected);
        }
    }

    @Test
    void aFlippedBitInAnyByteOfTheHeaderIsRefused() throws IOException {
        byte[] sound = Files.readAllBytes(meta);
        int end = MetaDescriptor.CHECKSUM_OFFSET + Long.BYTES;
        for (int bit = 0; bit < 8 * end; bit += bit % 8 == 7 ? 1 : 7) { // First and last of a byte.
            byte[] bytes = sound.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(meta, bytes);
            String message = "bit " + bit;
            assertThrows(InvalidPipeException.class, () -> Pipe.open(path), message);
        }
        Files.write(meta, sound);
        Pipe.open(path).sender().close();
    }

    @ParameterizedTest
    @CsvSource({
        "24,0",
        "24,-4096",
        "24,256",
        "24,5000",
        "24,9223372036854775807",
        "32,0",
        "32,-65536",
        "32,65535",
        "32,2048",
        "32,2147483648",
        "32,4294967296",
        "40,0",
        "40,4097",
        "40,-1",
        "40,4294967297",
        "48,0",
        "48,4097",
        "48,-1"
    })
    void aLayoutOutOfRangeIsRefusedThoughItsChecksumIsRight(int offset, long value)
            throws IOException {
        setMeta(offset, value);
        refused(path, "PipeLayout[", "within limits");
    }

    @Test
    void aSegmentedRendezvousIsRefusedThoughItsChecksumIsRight() throws IOException {
        setMeta(MetaDescriptor.FEATURES_OFFSET, Feature.RENDEZVOUS.bit());
        setMeta(MetaDescriptor.SEGMENTS_OFFSET, 2);
        refused(path, "PipeLayout[", "within limits");
    }

    @Test
    void anotherPageSizeIsRefused() throws IOException {
        long other = word(meta, MetaDescriptor.PAGE_SIZE_OFFSET) * 4;
        setMeta(MetaDescriptor.PAGE_SIZE_OFFSET, other);
        refused(path, "page size " + other, "this machine's");
    }

    @Test
    void anotherCapacityIsRefusedThoughItsChecksumIsRight() throws IOException {
        setMeta(MetaDescriptor.CAPACITY_OFFSET, 2 * CAPACITY);
        refused(path, Files.size(lane) + " bytes", (Files.size(lane) + CAPACITY) + " bytes");
    }

    /** Checks that a corrupt lane is refused: it is mapped and checked when an end is opened. */
    private void laneIsRefused(String found, String expected) throws IOException {
        Pipe pipe = Pipe.open(path);
        says(assertThrows(InvalidPipeException.class, pipe::sender), found, expected);
        says(assertThrows(InvalidPipeException.class, pipe::receiver), found, expected);
    }

    @Test
    void aLaneWithAForeignMagicIsRefused() throws IOException {
        setWord(lane, LaneFileDescriptor.MAGIC_OFFSET, MetaDescriptor.MAGIC);
        laneIsRefused("magic 0x4550495043554c53", "0x454e414c43554c53");
    }

    @Test
    void aLaneOfAnotherPipeIsRefused() throws IOException {
        Path other =
                Pipe.create(directory.resolve("other"), PipeSpec.bounded(CAPACITY).senders(1))
                        .path();
        Files.copy(other.resolve(PipeFiles.LANE), lane, StandardCopyOption.REPLACE_EXISTING);
        laneIsRefused("a lane of pipe ", "one of pipe ");
    }

    @Test
    void aLaneOfAnotherCapacityIsRefused() throws IOException {
        setWord(lane, LaneFileDescriptor.CAPACITY_OFFSET, 2 * CAPACITY);
        laneIsRefused("capacity 131072", "65536, as meta says");
    }

    @Test
    void anotherPipeUnderTheNameIsRefusedByAnEarlierHandle() throws IOException {
        Pipe first = Pipe.open(path);
        assertTrue(Pipe.delete(path));
        Pipe.create(path, PipeSpec.bounded(CAPACITY).senders(1)).sender().close();
        assertThrows(InvalidPipeException.class, first::sender);
    }

    @Test
    void anotherPipesMetaIsRefusedByAnEarlierHandle() throws IOException {
        Pipe first = Pipe.open(path);
        Path other =
                Pipe.create(directory.resolve("other"), PipeSpec.bounded(CAPACITY).senders(1))
                        .path();
        Files.write(meta, Files.readAllBytes(other.resolve(PipeFiles.META)));
        InvalidPipeException e = assertThrows(InvalidPipeException.class, first::sender);
        says(e, "another pipe under this name", "pipe ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", PipeFiles.META, PipeFiles.LOCKS, PipeFiles.LANE})
    void whatOthersMayWriteToIsRefused(String name) throws IOException {
        Path file = path.resolve(name);
        mode(file, "rwx-w----");
        refused(path, "mode 0720", "without the bits 0020");
        mode(file, "rwx----w-");
        refused(path, "mode 0702", "without the bits 0002");
        mode(file, "rwxr-xr-x");
        Pipe.open(path).sender().close(); // Read access for others is harmless.
    }

    @ParameterizedTest
    @ValueSource(strings = {"", PipeFiles.META, PipeFiles.LOCKS, PipeFiles.LANE})
    void whatAnotherUserOwnsIsRefused(String name) throws IOException {
        assumeTrue(Platform.userId() == 0, "only root can give a file to another user");
        Files.setAttribute(path.resolve(name), "unix:uid", 4242);
        refused(path, "owner 4242", "this process's user 0");
    }

    @AfterEach
    void whatWasRefusedIsStillThere() {
        assertTrue(Files.isDirectory(path));
    }
}
