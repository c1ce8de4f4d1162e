package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.ring.LaneDescriptor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * FORMAT.md matches the constants: every row is a constant, and every constant has a row. The
 * numbers of PROCEDURES.md, some of which are private, match the code as well, and so do those of
 * {@code sluice.h}.
 */
class FormatDocTest {
    private static final String RESERVED = "reserved";
    private static final List<String> DESCRIPTORS =
            List.of(
                    "MetaDescriptor",
                    "LaneFileDescriptor",
                    "LaneDescriptor",
                    "BroadcastDescriptor",
                    "RecordDescriptor",
                    "SlotStateDescriptor",
                    "HintDescriptor",
                    "SegmentWordDescriptor",
                    "RegistryDescriptor",
                    "HeaderDescriptor");

    /** The prefixes of the constants of {@code sluice.h}, and the classes that have these. */
    private static final Map<String, String> HEADER_PREFIXES =
            Map.ofEntries(
                    Map.entry("META", "MetaDescriptor"),
                    Map.entry("LANE_FILE", "LaneFileDescriptor"),
                    Map.entry("LANE", "LaneDescriptor"),
                    Map.entry("RECORD", "RecordDescriptor"),
                    Map.entry("SLOT", "SlotStateDescriptor"),
                    Map.entry("HINT", "HintDescriptor"),
                    Map.entry("SEGMENT", "SegmentWordDescriptor"),
                    Map.entry("BROADCAST", "BroadcastDescriptor"),
                    Map.entry("OFFER", "OfferDescriptor"),
                    Map.entry("PARTICIPANT", "Participants"),
                    Map.entry("EVENT", "FutexEvent"),
                    Map.entry("MEMBARRIER", "Membarrier"),
                    Map.entry("MEMBERSHIP", "Membership"),
                    Map.entry("DOORBELL", "Doorbell"),
                    Map.entry("HAND_OVER", "HandOver"),
                    Map.entry("TURN", "RoundRobinReceiver"),
                    Map.entry("RING", "SpscRingSender"),
                    Map.entry("TIMESTAMP", "TimestampedLaneSender"));

    private static final Pattern HEADER_CONSTANT =
            Pattern.compile("(?m)^#define SLUICE_(\\w+) (0x[0-9A-F]+|\\d+)$");

    private MarkdownPage page;

    @BeforeEach
    void read() throws IOException {
        page = MarkdownPage.read("FORMAT.md");
    }

    private static Map<String, Object> constants(Class<?> type) {
        Map<String, Object> constants = new TreeMap<>();
        for (Field field : type.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                try {
                    field.setAccessible(true);
                    constants.put(field.getName(), field.get(null));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return constants;
    }

    private static Map<String, Long> offsets(Class<?> type) {
        Map<String, Long> offsets = new TreeMap<>();
        constants(type)
                .forEach(
                        (name, value) -> {
                            if (name.endsWith("_OFFSET")) {
                                offsets.put(name, ((Number) value).longValue());
                            }
                        });
        return offsets;
    }

    private static String constant(String name) {
        return name.toUpperCase(Locale.ROOT).replace(", ", "_").replace(' ', '_');
    }

    /** Reads a table of offsets, and checks that its rows lie end to end. */
    private Map<String, Long> rows(String heading, long end) {
        return rows(heading, 0, end);
    }

    private Map<String, Long> rows(String heading, long begin, long end) {
        Map<String, Long> offsets = new TreeMap<>();
        long next = begin;
        for (List<String> row : page.table(heading, "Offset", "Size", "Name", "Meaning")) {
            long offset = Long.parseLong(row.get(0));
            assertEquals(next, offset, () -> heading + ": a gap or overlap before " + row);
            next = offset + Long.parseLong(row.get(1));
            if (!row.get(2).equals(RESERVED)) {
                offsets.put(constant(row.get(2)) + "_OFFSET", offset);
            }
        }
        assertEquals(end, next, heading + ": where its last row ends");
        return offsets;
    }

    @Test
    void theTablesOfMetaAreItsDescriptor() {
        Map<String, Long> rows =
                rows(
                        "The file meta", // Of a pipe with one sender and one receiver.
                        MetaDescriptor.participantsOffset(1, 1)
                                + MetaDescriptor.PARTICIPANT_LENGTH);
        Map<String, Long> block =
                rows("A participant's block in meta", MetaDescriptor.PARTICIPANT_LENGTH);
        rows.putAll(block);
        Map<String, Long> expected = offsets(MetaDescriptor.class);
        expected.put("WAITING_RECEIVERS_OFFSET", (long) MetaDescriptor.waitersOffset(1));
        expected.put("PARTICIPANTS_OFFSET", (long) MetaDescriptor.participantsOffset(1, 1));
        assertEquals(expected, rows);
    }

    @Test
    void theTableOfALanesIdentityIsItsDescriptor() throws Exception {
        Map<String, Long> rows = rows("A lane's identity", LaneDescriptor.SENDER_POSITION_OFFSET);
        assertEquals(offsets(mainClass("LaneFileDescriptor")), rows);
    }

    @Test
    void theTableOfALanesControlWordsIsItsDescriptor() {
        Map<String, Long> rows = rows("A lane's control words", LaneDescriptor.CONTROL_LENGTH);
        assertEquals(offsets(LaneDescriptor.class), rows);
    }

    @Test
    void theTableOfABroadcastsControlWordsIsItsDescriptor() throws Exception {
        Map<String, Long> rows =
                rows(
                        "The control words of a broadcast",
                        LaneDescriptor.CONTROL_LENGTH,
                        LaneDescriptor.BROADCAST_CONTROL_LENGTH);
        assertEquals(offsets(mainClass("BroadcastDescriptor")), rows);
    }

    @Test
    void theBitsOfAGateAndOfABoundaryAreTheDescriptors() throws Exception {
        Map<String, Long> gate = new TreeMap<>();
        gate.put("gated", valueOf("BroadcastDescriptor", "GATED_FLAG"));
        gate.put("demoted", valueOf("BroadcastDescriptor", "DEMOTED_FLAG"));
        gate.put(RESERVED, 4L);
        gate.put("position / 8", -8L);
        assertEquals(gate, bits("A gate"));
        Map<String, Long> boundary = new TreeMap<>();
        boundary.put("messages", valueOf("BroadcastDescriptor", "MESSAGES_MASK"));
        boundary.put("offset / 8", valueOf("BroadcastDescriptor", "OFFSET_MASK"));
        boundary.put("lap", valueOf("BroadcastDescriptor", "LAP_MASK"));
        boundary.put("recorded", valueOf("BroadcastDescriptor", "RECORDED_FLAG"));
        assertEquals(boundary, bits("A boundary"));
    }

    @Test
    void theTableOfASlotIsItsDescriptor() throws Exception {
        assertEquals(
                offsets(mainClass("SlotStateDescriptor")),
                rows("A message slot", valueOf("SlotStateDescriptor", "STRIDE")));
    }

    @Test
    void theTableOfAnOfferIsItsDescriptor() throws Exception {
        assertEquals(offsets(mainClass("OfferDescriptor")), rows("An offer", 64));
    }

    @Test
    void theTablesOfNodesAreTheirDescriptor() throws Exception {
        Map<String, Long> rows =
                rows("The header of nodes", valueOf("RegistryDescriptor", "ENTRIES_OFFSET"));
        rows.putAll(rows("An entry of nodes", valueOf("RegistryDescriptor", "ENTRY_LENGTH")));
        assertEquals(offsets(mainClass("RegistryDescriptor")), rows);
    }

    @Test
    void theBitsOfANodesMessageAreTheDescriptors() throws Exception {
        long slot = valueOf("HeaderDescriptor", "SLOT_SHIFT");
        long generation = valueOf("HeaderDescriptor", "GENERATION_SHIFT");
        long owner = valueOf("HeaderDescriptor", "OWNER_SHIFT");
        Map<String, Long> first = new TreeMap<>();
        first.put("kind", 0xFFL);
        first.put(RESERVED, valueOf("HeaderDescriptor", "KIND_MASK") - 0xFF);
        first.put("slot", valueOf("HeaderDescriptor", "SLOT_MASK") << slot);
        first.put("generation", -1L << generation);
        assertEquals(first, bits("A message's first word"));
        Map<String, Long> second = new TreeMap<>();
        second.put("number", valueOf("HeaderDescriptor", "NUMBER_MASK"));
        second.put("owner", valueOf("HeaderDescriptor", "OWNER_MASK") << owner);
        assertEquals(second, bits("A message's second word"));
    }

    /** Reads a table of bits, and checks that its rows make up a word; the masks by name. */
    private Map<String, Long> bits(String heading) {
        Map<String, Long> found = new TreeMap<>();
        int next = 0;
        for (List<String> row : page.table(heading, "Bit", "Size", "Name", "Meaning")) {
            int bit = Integer.parseInt(row.get(0));
            int size = Integer.parseInt(row.get(1));
            assertEquals(next, bit, () -> "a gap or overlap before " + row);
            next = bit + size;
            found.put(row.get(2), (-1L >>> (64 - size)) << bit);
        }
        assertEquals(Long.SIZE, next);
        return found;
    }

    @Test
    void theBitsOfARecordsWordAreTheDescriptors() throws Exception {
        long length = valueOf("RecordDescriptor", "LENGTH_MASK");
        long committed = valueOf("RecordDescriptor", "COMMITTED_FLAG");
        long position = -valueOf("RecordDescriptor", "ALIGNMENT");
        position <<= valueOf("RecordDescriptor", "POSITION_SHIFT");
        Map<String, Long> expected = new TreeMap<>();
        expected.put("length", length);
        expected.put("committed", committed);
        expected.put("position / 8", position);
        expected.put(RESERVED, ~(length | committed | position));
        assertEquals(expected, bits("A record's word"));
    }

    @Test
    void theBitsOfASlotStateAreTheDescriptors() throws Exception {
        Map<String, Long> expected = new TreeMap<>();
        expected.put("owner", valueOf("SlotStateDescriptor", "MAX_OWNER"));
        expected.put("state", 3L << valueOf("SlotStateDescriptor", "STATE_SHIFT"));
        expected.put(
                "attempts",
                valueOf("SlotStateDescriptor", "MAX_ATTEMPTS")
                        << valueOf("SlotStateDescriptor", "ATTEMPTS_SHIFT"));
        expected.put(
                "sequence",
                valueOf("SlotStateDescriptor", "SEQUENCE_MASK")
                        << valueOf("SlotStateDescriptor", "SEQUENCE_SHIFT"));
        assertEquals(expected, bits("A slot state"));
    }

    @Test
    void theBitsOfTheHintAreTheDescriptors() throws Exception {
        Map<String, Long> expected = new TreeMap<>();
        expected.put("sequence", valueOf("SlotStateDescriptor", "SEQUENCE_MASK"));
        expected.put("epoch", -1L << valueOf("HintDescriptor", "EPOCH_SHIFT"));
        assertEquals(expected, bits("The hint"));
    }

    @Test
    void everyOtherConstantHasItsValueOnThePage() throws Exception {
        Map<String, Long> expected = new TreeMap<>();
        for (String descriptor : DESCRIPTORS) {
            Class<?> type = mainClass(descriptor);
            Set<String> offsets = offsets(type).keySet();
            constants(type)
                    .forEach(
                            (name, value) -> {
                                if (!offsets.contains(name)) {
                                    expected.put(
                                            type.getSimpleName() + "." + name,
                                            ((Number) value).longValue());
                                }
                            });
        }
        Map<String, Long> found = new TreeMap<>();
        for (List<String> row : page.table("Constants", "Constant", "Value", "Meaning")) {
            found.put(row.get(0), Long.decode(row.get(1)));
        }
        assertEquals(expected, found);
    }

    /** A row names a class of Sluice and its constant, and for a record a component of that. */
    @ParameterizedTest
    @ValueSource(
            strings = {"Constants that a peer needs", "Constants that a peer may choose otherwise"})
    void theConstantsOfTheProceduresAreThoseOfTheCode(String heading) throws Exception {
        Map<String, Long> expected = new TreeMap<>();
        Map<String, Long> found = new TreeMap<>();
        for (List<String> row :
                MarkdownPage.read("PROCEDURES.md").table(heading, "Constant", "Value", "Meaning")) {
            expected.put(row.get(0), valueOf(row.get(0).split("\\.")));
            found.put(row.get(0), Long.decode(row.get(1)));
        }
        assertEquals(expected, found);
        assertTrue(found.size() >= 10, () -> "only " + found);
    }

    private static Map<String, Long> headerConstants() throws IOException {
        Path header = MarkdownPage.module().resolve("src/main/c/sluice.h");
        Map<String, Long> found = new TreeMap<>();
        Matcher matcher = HEADER_CONSTANT.matcher(Files.readString(header));
        while (matcher.find()) {
            String value = matcher.group(2);
            found.put(
                    matcher.group(1),
                    value.startsWith("0x")
                            ? Long.parseUnsignedLong(value.substring(2), 16)
                            : Long.parseLong(value));
        }
        return found;
    }

    /** Each constant of the header is one of the code; all of the layout are in the header. */
    @Test
    void theConstantsOfTheHeaderAreThoseOfTheCode() throws Exception {
        Map<String, Long> header = headerConstants();
        Map<String, Long> expected = new TreeMap<>();
        for (String name : header.keySet()) {
            String prefix =
                    HEADER_PREFIXES.keySet().stream()
                            .filter(each -> name.startsWith(each + "_"))
                            .max(Comparator.comparing(String::length))
                            .orElse(null);
            if (prefix != null) {
                String constant = name.substring(prefix.length() + 1);
                expected.put(name, valueOf(HEADER_PREFIXES.get(prefix), constant));
            }
        }
        for (Map.Entry<String, String> entry : HEADER_PREFIXES.entrySet()) {
            if (entry.getValue().endsWith("Descriptor")) {
                constants(mainClass(entry.getValue()))
                        .forEach(
                                (name, value) ->
                                        expected.put(
                                                entry.getKey() + "_" + name,
                                                ((Number) value).longValue()));
            }
        }
        for (PipeLayout.Feature feature : PipeLayout.Feature.values()) {
            expected.put("FEATURE_" + feature, feature.bit());
        }
        expected.put("FEATURES", PipeLayout.Feature.all());
        header.keySet().retainAll(expected.keySet());
        assertEquals(expected, header);
        assertTrue(expected.size() > 100, () -> "only " + expected);
    }

    private static long valueOf(String... name) throws ReflectiveOperationException, IOException {
        Field field = mainClass(name[0]).getDeclaredField(name[1]);
        field.setAccessible(true);
        Object value = field.get(null);
        if (name.length > 2) {
            Method component = value.getClass().getDeclaredMethod(name[2]);
            component.setAccessible(true);
            value = component.invoke(value);
        }
        return ((Number) value).longValue();
    }

    private static Class<?> mainClass(String simpleName)
            throws ClassNotFoundException, IOException {
        Path root = MarkdownPage.module().resolve("src/main/java");
        try (Stream<Path> files = Files.walk(root)) {
            Path file =
                    files.filter(f -> f.endsWith(simpleName + ".java"))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("no class " + simpleName));
            String name = root.relativize(file).toString().replace('/', '.');
            return Class.forName(name.substring(0, name.length() - ".java".length()));
        }
    }

    @Test
    void theStatesOfAParticipantAreThoseOfTheCode() {
        Map<String, Long> expected = new TreeMap<>();
        constants(Participants.class)
                .forEach((name, value) -> expected.put(name, ((Number) value).longValue()));
        Map<String, Long> found = new TreeMap<>();
        for (List<String> row : page.table("A participant's state", "Value", "Name", "Meaning")) {
            found.put(constant(row.get(1)), Long.parseLong(row.get(0)));
        }
        assertEquals(expected, found);
    }

    @Test
    void theFilesAreThoseOfTheCode() {
        Set<String> found =
                page.table("The directory", "File", "Mode", "Length", "What it holds").stream()
                        .map(row -> row.get(0))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                new TreeSet<>(constants(PipeFiles.class).values()), found, "names of the files");
        assertTrue(page.table("Validation", "What", "Condition", "Otherwise").size() > 10);
    }
}
