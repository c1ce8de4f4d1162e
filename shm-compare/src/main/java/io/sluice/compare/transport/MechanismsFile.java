package io.sluice.compare.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sluice.compare.kernel.Limits;
import io.sluice.compare.kernel.Sockets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;

/**
 * Reads {@code mechanisms.json}: what the mechanisms of this jar are. Apart from its rows, because
 * an end has a {@link Mechanism} but does not read the file, and so needs no JSON library.
 */
final class MechanismsFile {
    private static final Pattern NUMBER = Pattern.compile("\\$\\{([a-z.]+)}");

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .withConfigOverride(ArrayNode.class, lists -> lists.setMergeable(false))
                    .build();

    private MechanismsFile() {}

    /** Returns all rows, in the order in which they are shown. */
    static List<Mechanism> read() {
        Map<String, JsonNode> rows = new LinkedHashMap<>();
        try (InputStream file = MechanismsFile.class.getResourceAsStream("mechanisms.json")) {
            for (JsonNode row : JSON.readTree(file)) {
                JsonNode like =
                        rows.getOrDefault(row.path("like").asText(), JSON.createObjectNode());
                JsonNode whole = JSON.readerForUpdating(like.deepCopy()).readValue(row);
                rows.put(whole.get("id").asText() + "/" + whole.get("waiting").asText(), whole);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows.values().stream().map(MechanismsFile::onThisMachine).toList();
    }

    /** Returns a row with this machine's numbers. */
    private static Mechanism onThisMachine(JsonNode row) {
        try {
            String numbered =
                    NUMBER.matcher(row.toString())
                            .replaceAll(name -> Long.toString(number(name.group(1))));
            return JSON.readValue(numbered, Mechanism.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(String name) {
        return switch (name) {
            case "uds.buffer" -> Limits.of("net/core/wmem_default", 212992);
            case "uds.longest" -> number("uds.buffer") - 32; // The least that the kernel reserves.
            case "uds.certain" -> (number("uds.buffer") - 2048) / 2;
            case "uds.datagrams" -> Limits.of("net/unix/max_dgram_qlen", 10);
            case "udp.buffer" -> Limits.of("net/core/rmem_default", 212992);
            case "tcp.buffer" -> tcpBuffer();
            case "mq.posix.messages" -> Math.min(1024, Limits.of("fs/mqueue/msg_max", 10));
            case "mq.posix.longest" -> Limits.of("fs/mqueue/msgsize_max", 8192);
            case "mq.posix.bytes" -> number("mq.posix.messages") * number("mq.posix.longest");
            case "mq.sysv.longest" ->
                    Math.min(Limits.of("kernel/msgmax", 8192), number("mq.sysv.bytes"));
            case "mq.sysv.bytes" -> Limits.of("kernel/msgmnb", 16384);
            default -> throw new NoSuchElementException(name);
        };
    }

    private static long tcpBuffer() {
        try {
            return Sockets.probe(Sockets::sendBuffer);
        } catch (IOException e) {
            return 0; // Then it is not available either.
        }
    }
}
