package io.sluice.compare.rig;

import io.sluice.compare.transport.Traits;
import io.sluice.compare.transport.Transport;
import java.util.HashMap;
import java.util.HashSet;
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
        Map<String, Set<String>> waits = new HashMap<>();
        plans.forEach(
                plan ->
                        waits.computeIfAbsent(plan.transport().id(), id -> new HashSet<>())
                                .add(plan.transport().waiting()));
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
        texts.put(
                "boundaries",
                traits.boundaries() == Traits.Boundaries.STREAM
                        ? "none: a stream of bytes"
                        : "each message arrives whole");
        texts.put(
                "longest message",
                traits.longest().bytes() == Long.MAX_VALUE
                        ? "any length"
                        : traits.longest().bytes() + " bytes: " + traits.longest().setBy());
        Traits.Capacity capacity = traits.capacity();
        texts.put(
                "capacity",
                capacity.messages() > 0
                        ? capacity.messages() + " messages"
                        : capacity.bytes() > 0 ? capacity.bytes() + " bytes" : "not known");
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
