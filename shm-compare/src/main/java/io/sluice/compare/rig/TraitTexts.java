package io.sluice.compare.rig;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import io.sluice.compare.result.Waiting;
import io.sluice.compare.transport.Traits;
import io.sluice.compare.transport.Transport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The mechanisms' properties as texts, for the results. */
final class TraitTexts {
    private TraitTexts() {}

    /**
     * Returns texts by mechanism id, with its way to wait where it has several; then by the trait's
     * name.
     */
    static Map<String, Map<String, String>> of(List<MeasurementPlan> plans) {
        Map<String, Set<Waiting>> waits =
                plans.stream()
                        .map(MeasurementPlan::transport)
                        .collect(groupingBy(Transport::id, mapping(Transport::waiting, toSet())));
        Map<String, Map<String, String>> texts = new LinkedHashMap<>();
        for (MeasurementPlan plan : plans) {
            Transport transport = plan.transport();
            boolean one = waits.get(transport.id()).size() == 1;
            texts.computeIfAbsent(one ? transport.id() : transport.name(), id -> of(transport));
        }
        return texts;
    }

    private static Map<String, String> of(Transport transport) {
        Traits traits = transport.traits();
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("description", transport.description());
        boolean isStream = traits.boundaries() == Traits.Boundaries.STREAM;
        texts.put(
                "boundaries", isStream ? "none: a stream of bytes" : "each message arrives whole");
        Traits.Limit longest = traits.longest();
        boolean isAny = longest.bytes() == Long.MAX_VALUE;
        texts.put(
                "longest message",
                isAny ? "any length" : longest.bytes() + " bytes: " + longest.setBy());
        Traits.Capacity capacity = traits.capacity();
        String bytes = capacity.bytes() > 0 ? capacity.bytes() + " bytes" : "not known";
        texts.put("capacity", capacity.messages() > 0 ? capacity.messages() + " messages" : bytes);
        texts.put("when full", capacity.whenFull());
        texts.put("copies", Integer.toString(traits.cost().copies()));
        texts.put("calls to send", String.join(", ", traits.cost().sending()));
        texts.put("calls to receive", String.join(", ", traits.cost().receiving()));
        texts.put("other calls", traits.cost().other());
        texts.put("when a peer dies", traits.ending().onPeerDeath());
        texts.put("left behind", traits.ending().leftovers());
        texts.put("messages are kept", traits.ending().persistence());
        texts.values().removeIf(text -> text == null || text.isEmpty());
        return texts;
    }
}
