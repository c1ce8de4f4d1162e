package io.sluice.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.Proof;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of every kind of memory. */
class MemoryTest {
    private static final int SIZE = 1 << 16; // Whole pages, wherever pages are of 4 to 64 KiB.

    @TempDir Path directory;

    enum MemoryKind {
        HEAP {
            @Override
            Memory words(Path directory) {
                return new HeapMemory(SIZE);
            }

            @Override
            Memory mirrored(Path directory) {
                return HeapMemory.mirrored(SIZE);
            }
        },
        MAPPED {
            @Override
            Memory words(Path directory) {
                return MappedMemory.words(mapping(directory, false).segment());
            }

            @Override
            Memory mirrored(Path directory) {
                return MappedMemory.mirrored(mapping(directory, true).segment());
            }
        };

        abstract Memory words(Path directory);

        abstract Memory mirrored(Path directory);
    }

    private static Mapping mapping(Path directory, boolean mirrored) {
        Path path = directory.resolve("file");
        try (Descriptor file = Descriptor.create(path)) {
            file.allocate(0, SIZE);
            return mirrored ? Mapping.mapMirrored(file, 0, SIZE) : Mapping.map(file, 0, SIZE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] payload(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        return payload;
    }

    private static byte[] read(Memory memory, long offset, int length) {
        memory.beforeRead(offset, length);
        return memory.bytes().asSlice(memory.index(offset), length).toArray(ValueLayout.JAVA_BYTE);
    }

    @ParameterizedTest
    @EnumSource
    void newMemoryIsZero(MemoryKind memoryKind) {
        Memory memory = memoryKind.words(directory);
        assertEquals(SIZE, memory.size());
        for (long offset = 0; offset < SIZE; offset += 8) {
            assertEquals(0, memory.getLong(offset));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWordIsReadAsItWasWrittenInEachOrdering(MemoryKind memoryKind) {
        Memory memory = memoryKind.words(directory);
        for (long word : new long[] {1, -1, Long.MIN_VALUE, 0x0123456789abcdefL}) {
            memory.setLong(8, word);
            assertEquals(word, memory.getLongAcquire(8));
            memory.setLongRelease(16, ~word);
            assertEquals(~word, memory.getLong(16));
            assertEquals(word, memory.getLong(8));
            assertEquals(0, memory.getLong(0));
            assertEquals(0, memory.getLong(24));
        }
    }

    @ParameterizedTest
    @EnumSource
    void offsetsOfWordsWrapAroundAndTheirLowBitsAreIgnored(MemoryKind memoryKind) {
        Memory memory = memoryKind.words(directory);
        memory.setLong(SIZE + 8L, 5);
        assertEquals(5, memory.getLong(8));
        memory.setLongRelease((1L << 40) * SIZE + 16, 6);
        assertEquals(6, memory.getLongAcquire(16));
        memory.setLong(-8, 7);
        assertEquals(7, memory.getLong(SIZE - 8));
        memory.setLong(Long.MAX_VALUE, 8); // The last word.
        assertEquals(8, memory.getLongAcquire(SIZE - 8));
        memory.setLong(Long.MIN_VALUE + 3, 9);
        assertEquals(9, memory.getLong(0));
        for (int low = 0; low < 8; low++) {
            assertEquals(5, memory.getLong(8 + low));
            assertEquals(5, memory.getLongAcquire(3L * SIZE + 8 + low));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIndexIsTheOffsetModuloTheSize(MemoryKind memoryKind) {
        Memory memory = memoryKind.words(directory);
        assertEquals(3, memory.index(3));
        assertEquals(3, memory.index(5L * SIZE + 3));
        assertEquals(SIZE - 1, memory.index(-1));
    }

    @ParameterizedTest
    @EnumSource
    void aWordBesideTheEndIsSeenOnBothSidesOfTheMirror(MemoryKind memoryKind) {
        Memory memory = memoryKind.mirrored(directory);
        memory.setLong(0, 42);
        memory.beforeRead(SIZE - 8, 16);
        assertEquals(42, memory.bytes().get(ValueLayout.JAVA_LONG, SIZE));
        memory.bytes().set(ValueLayout.JAVA_LONG, SIZE + 8, 43);
        memory.afterWrite(SIZE - 8, 24);
        assertEquals(43, memory.getLong(8));
    }

    /** Payloads around the end, of every length at which the code copies differently. */
    @ParameterizedTest
    @EnumSource
    void payloadOfAnyLengthIsContiguousWhereverItBegins(MemoryKind memoryKind) {
        Memory memory = memoryKind.mirrored(directory);
        try (Arena arena = Arena.ofConfined()) {
            for (int length = 0; length <= 70; length++) {
                byte[] payload = payload(length);
                byte[] source = new byte[length + 10];
                System.arraycopy(payload, 0, source, 3, length);
                MemorySegment outside = arena.allocateFrom(ValueLayout.JAVA_BYTE, source);
                for (long offset = SIZE - 80; offset <= SIZE + 1; offset++) {
                    memory.write(offset, source, 3, length);
                    assertArrayEquals(payload, read(memory, offset, length));
                    memory.write(offset + SIZE, MemorySegment.ofArray(source), 3, length);
                    assertArrayEquals(payload, read(memory, offset, length));
                    memory.write(offset - 5L * SIZE, outside, 3, length);
                    assertArrayEquals(payload, read(memory, offset, length));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void payloadChangesNothingBesideItself(MemoryKind memoryKind) {
        for (int length = 0; length <= 70; length++) {
            Memory memory = memoryKind.mirrored(directory.resolve(".")); // A new file each time.
            byte[] ones = new byte[70];
            java.util.Arrays.fill(ones, (byte) -1);
            memory.write(64, ones, 0, length);
            byte[] found = read(memory, 56, 90);
            for (int i = 0; i < found.length; i++) {
                assertEquals(i >= 8 && i < 8 + length ? -1 : 0, found[i], length + " at " + i);
            }
            deleteFile();
        }
    }

    /** The flat method of mapped memory does as its two steps do, at every place and length. */
    @ParameterizedTest
    @EnumSource
    void aRecordIsItsPayloadBehindItsWordAndChangesNothingElse(MemoryKind memoryKind) {
        try (Arena arena = Arena.ofConfined()) {
            for (int length = 0; length <= 40; length++) {
                Memory memory = memoryKind.mirrored(directory.resolve("."));
                byte[] payload = payload(length);
                byte[] source = new byte[length + 10];
                System.arraycopy(payload, 0, source, 3, length);
                MemorySegment outside = arena.allocateFrom(ValueLayout.JAVA_BYTE, source);
                for (long word = SIZE - 64; word <= SIZE; word += 8) {
                    for (int kind = 0; kind < 3; kind++) {
                        long offset = word + (kind - 1) * 7L * SIZE;
                        fill(memory, (byte) 0x55);
                        if (kind == 0) {
                            memory.writeRecord(offset, -kind - 2, source, 3, length);
                        } else {
                            MemorySegment segment =
                                    kind == 1 ? MemorySegment.ofArray(source) : outside;
                            memory.writeRecord(offset, -kind - 2, segment, 3, length);
                        }
                        byte[] found = read(memory, offset - 8, 72);
                        for (int i = 0; i < found.length; i++) {
                            int at = i - 16;
                            int expected =
                                    at >= 0 && at < length
                                            ? payload[at]
                                            : i < 8 || at >= 0 ? 0x55 : i == 8 ? -kind - 2 : -1;
                            assertEquals(expected, found[i], length + " at " + word + ", " + i);
                        }
                    }
                }
                deleteFile();
            }
        }
    }

    /** Several records are written as one by one, at every place and length. */
    @ParameterizedTest
    @EnumSource
    void recordsOfOneLengthLieOneBehindTheOther(MemoryKind memoryKind) {
        Memory memory = memoryKind.mirrored(directory);
        for (int length = 0; length <= 40; length += Proof.size(3, 1)) {
            byte[] source = payload(3 + 5 * length);
            int recordLength = 8 + (length + 7 & -8);
            for (int count = 0; count < 5; count++) {
                for (long offset = SIZE - 200; offset <= SIZE; offset += 8) {
                    fill(memory, (byte) 0x55);
                    for (int i = 0; i < count; i++) {
                        long at = offset + i * recordLength;
                        memory.writeRecord(at, 77 - 3 * i, source, 3 + i * length, length);
                    }
                    byte[] expected = read(memory, 0, SIZE);
                    fill(memory, (byte) 0x55);
                    memory.writeRecords(offset + SIZE, 77, -3, source, 3, length, count);
                    assertArrayEquals(expected, read(memory, 0, SIZE), length + " * " + count);
                }
            }
        }
    }

    private static void fill(Memory memory, byte value) {
        byte[] bytes = new byte[SIZE];
        java.util.Arrays.fill(bytes, value);
        memory.write(0, bytes, 0, SIZE);
    }

    @ParameterizedTest
    @EnumSource
    void aRecordThatIsNotInItsSourceWritesNothing(MemoryKind memoryKind) {
        Memory memory = memoryKind.mirrored(directory);
        byte[] source = new byte[33];
        java.util.Arrays.fill(source, (byte) -1);
        MemorySegment segment = MemorySegment.ofArray(source);
        for (int length : new int[] {1, 7, 8, 15, 16, 31, 32, 33}) {
            for (int offset : new int[] {-1, 34 - length, Integer.MAX_VALUE - length / 2}) {
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> memory.writeRecord(64, -1, source, offset, length));
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> memory.writeRecord(64, -1, segment, offset, length));
            }
        }
        assertArrayEquals(new byte[64], read(memory, 56, 64));
    }

    private void deleteFile() {
        try {
            Files.deleteIfExists(directory.resolve("file"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void payloadAsLongAsTheMemoryWrapsAroundAndSoDoesWhatIsReadInPlace(MemoryKind memoryKind) {
        Memory memory = memoryKind.mirrored(directory);
        byte[] payload = payload(SIZE);
        memory.write(24, payload, 0, SIZE);
        assertArrayEquals(payload, read(memory, 24, SIZE));
        byte[] start = new byte[8];
        System.arraycopy(payload, SIZE - 24, start, 0, 8);
        assertArrayEquals(start, read(memory, 0, 8));
    }

    @ParameterizedTest
    @EnumSource
    void payloadThatIsTooLongOrNotInItsSourceIsRefused(MemoryKind memoryKind) {
        Memory memory = memoryKind.mirrored(directory);
        byte[] source = new byte[SIZE + 8];
        Class<IndexOutOfBoundsException> refused = IndexOutOfBoundsException.class;
        assertThrows(refused, () -> memory.write(0, source, 0, SIZE + 1));
        assertThrows(refused, () -> memory.write(8, MemorySegment.ofArray(source), 0, SIZE + 8));
        for (int length : new int[] {1, 8, 16, 32, 33, 400}) {
            byte[] exact = new byte[length];
            MemorySegment segment = MemorySegment.ofArray(exact);
            assertThrows(refused, () -> memory.write(0, exact, 1, length));
            assertThrows(refused, () -> memory.write(0, exact, -1, length));
            assertThrows(refused, () -> memory.write(0, segment, 1, length));
            assertThrows(refused, () -> memory.write(0, segment, -1, length));
        }
        assertThrows(refused, () -> memory.write(0, source, 0, -1));
        assertEquals(0, memory.getLong(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {-8, 0, 4, 24, 4095})
    void aSizeThatIsNoPowerOfTwoIsRefused(int size) {
        assertThrows(IllegalArgumentException.class, () -> Memory.checkSize(size));
    }

    @Test
    void memoryThatIsNotMappedOrNotAlignedIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> MappedMemory.words(MemorySegment.ofArray(new long[8])));
        MemorySegment segment = Arena.ofAuto().allocate(72, 8);
        assertThrows(
                IllegalArgumentException.class, () -> MappedMemory.words(segment.asSlice(4, 64)));
    }

    @ParameterizedTest
    @EnumSource
    void wordsOnlyMemoryTakesNoPayload(MemoryKind memoryKind) {
        Memory memory = memoryKind.words(directory);
        assertThrows(IndexOutOfBoundsException.class, () -> memory.write(0, new byte[1], 0, 1));
    }

    /** An access after the close reads zeros, and changes neither the file nor other memory. */
    @Test
    void afterItsMappingWasClosedItReadsZeroAndNothingCrashes() throws IOException {
        Mapping mapping = mapping(directory, true);
        Memory memory = MappedMemory.mirrored(mapping.segment());
        byte[] payload = payload(100);
        memory.setLong(8, 42);
        memory.write(SIZE - 50, payload, 0, 100);
        byte[] file = Files.readAllBytes(directory.resolve("file"));
        mapping.close();
        mapping.close();
        for (long offset = 0; offset < SIZE; offset += 8) {
            assertEquals(0, memory.getLong(offset));
            assertEquals(0, memory.getLongAcquire(offset));
        }
        assertArrayEquals(new byte[100], read(memory, SIZE - 50, 100));
        memory.setLongRelease(8, 43);
        memory.write(SIZE - 50, payload(99), 0, 99);
        assertArrayEquals(file, Files.readAllBytes(directory.resolve("file")));
    }
}
