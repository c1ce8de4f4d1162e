package io.sluice.cli;

import io.sluice.PipeStatistics;
import io.sluice.PipeStatistics.Lane;
import io.sluice.PipeStatistics.Participant;
import io.sluice.PipeView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What can be said of a pipe at one moment.
 *
 * @param path its path
 * @param properties what it was made with
 * @param maxMessageLength the length of its longest message, in bytes
 * @param statistics its state
 */
record PipeReport(
        Path path,
        Map<String, String> properties,
        int maxMessageLength,
        PipeStatistics statistics) {
    static PipeReport of(PipeView view) throws IOException {
        return new PipeReport(
                view.path(), view.properties(), view.maxMessageLength(), view.statistics());
    }

    static PipeReport of(Path path) throws IOException {
        try (PipeView view = PipeView.open(path)) {
            return of(view);
        }
    }

    String kind() {
        if (is("rendezvous")) {
            return "rendezvous";
        }
        if (is("broadcast")) {
            return "broadcast";
        }
        return properties.get("quota").equals("none") ? "bounded" : "unbounded";
    }

    private boolean is(String property) {
        return Boolean.parseBoolean(properties.get(property));
    }

    long capacity() {
        return Long.parseLong(properties.get("capacity"));
    }

    /** Returns the messages that wait; -1 if they cannot be counted. */
    long messages() {
        boolean counted = statistics.lanes().stream().allMatch(lane -> lane.messages() >= 0);
        return counted ? statistics.messages() : -1;
    }

    String countedMessages() {
        long messages = messages();
        return messages < 0 ? "?" : HumanUnits.number(messages);
    }

    long waitingBytes() {
        return Math.max(0, statistics.sentBytes() - statistics.receivedBytes());
    }

    long attached(boolean senders) {
        return count(senders, false);
    }

    long alive(boolean senders) {
        return count(senders, true);
    }

    private long count(boolean senders, boolean alive) {
        return statistics.participants().stream()
                .filter(end -> end.sender() == senders && end.attached())
                .filter(end -> !alive || end.alive())
                .count();
    }

    /** Returns the ends that died, which no other end has noticed yet. */
    long dead() {
        return attached(true) + attached(false) - alive(true) - alive(false);
    }

    boolean isPoisoned() {
        return statistics.lanes().stream().anyMatch(Lane::poisoned);
    }

    /** Returns how many ends are alive, of how many. */
    String ends(boolean senders) {
        return alive(senders) + "/" + properties.get(senders ? "senders" : "receivers");
    }

    /** Returns what needs attention; empty if nothing does. */
    String remarks() {
        List<String> remarks = new ArrayList<>();
        if (dead() > 0) {
            remarks.add(dead() + " dead");
        }
        if (isPoisoned()) {
            remarks.add("corrupt");
        }
        return String.join(", ", remarks);
    }

    /** Returns all of it for JSON. Times are in ISO 8601, lengths in bytes. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("path", path.toString());
        map.put("kind", kind());
        Map<String, Object> typed = new LinkedHashMap<>();
        properties.forEach((name, value) -> typed.put(name, typed(value)));
        map.put("properties", typed);
        map.put("maxMessageLength", maxMessageLength);
        map.put("messages", orNull(messages()));
        map.put("sentBytes", statistics.sentBytes());
        map.put("receivedBytes", statistics.receivedBytes());
        map.put("lanes", statistics.lanes().stream().map(PipeReport::toMap).toList());
        map.put("ends", statistics.participants().stream().map(PipeReport::toMap).toList());
        return map;
    }

    private static Object typed(String value) {
        if (value.equals("true") || value.equals("false")) {
            return Boolean.valueOf(value);
        }
        return value.equals("none") ? null : value.matches("\\d+") ? Long.valueOf(value) : value;
    }

    private static Long orNull(long count) {
        return count < 0 ? null : count;
    }

    private static Map<String, Object> toMap(Lane lane) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("index", lane.index());
        map.put("sentBytes", lane.sentBytes());
        map.put("receivedBytes", lane.receivedBytes());
        map.put("messages", orNull(lane.messages()));
        map.put("corrupt", lane.poisoned());
        map.put("rings", lane.segments());
        map.put("allocatedBytes", lane.allocatedBytes());
        map.put("droppedMessages", lane.dropped());
        return map;
    }

    private static Map<String, Object> toMap(Participant end) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("side", side(end));
        map.put("slot", end.index());
        map.put("state", state(end));
        map.put("pid", end.pid());
        map.put("since", end.since().toString());
        map.put("inFlight", end.inFlight());
        map.put("waits", end.waits());
        map.put("wakeups", end.wakeups());
        map.put("redelivered", end.redelivered());
        return map;
    }

    static String side(Participant end) {
        return end.sender() ? "sender" : "receiver";
    }

    static String state(Participant end) {
        return end.alive() ? "alive" : end.attached() ? "dead" : "gone";
    }
}
