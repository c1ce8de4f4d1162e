package io.sluice.compare.rig;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Schedule;
import io.sluice.compare.result.Touch;
import io.sluice.compare.transport.Transport;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * The factors to vary: every mechanism with every pattern, and each pattern with the factors that
 * affect it. A component is null if nothing was chosen; {@link #with} then keeps what there was.
 *
 * @param mechanisms the ids of the mechanisms, or ids with a slash and a way to wait; empty for all
 * @param patterns how messages are exchanged
 * @param sizes how long they are, in bytes
 * @param touches how much of a message is touched
 * @param batches messages per call, for pattern stream
 * @param rates messages per second, for pattern oneway
 * @param schedules whether those times are fixed or random, for pattern oneway
 * @param loads parts of a mechanism's maximum rate, for pattern oneway
 * @param gapsNs idle times, for pattern gap
 * @param rttRates round trips per second, for pattern rtt; 0 for as many as possible
 * @param placements where the ends run, of {@link Placement#PARTS}; empty for the run's pair
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
public record Selection(
        List<String> mechanisms,
        List<Pattern> patterns,
        List<Integer> sizes,
        List<Touch> touches,
        List<Integer> batches,
        List<Double> rates,
        List<Schedule> schedules,
        List<Double> loads,
        List<Long> gapsNs,
        List<Double> rttRates,
        List<String> placements)
        implements SelectionBuilder.With {
    private static final JsonMapper JSON = new JsonMapper();

    /** Returns the same with all that another one chooses. */
    public Selection with(Selection chosen) {
        ObjectNode both = JSON.valueToTree(this);
        both.setAll(JSON.<ObjectNode>valueToTree(chosen));
        return JSON.convertValue(both, Selection.class);
    }

    /** Tests whether it includes a mechanism. */
    boolean includes(Transport transport) {
        return mechanisms.isEmpty()
                || mechanisms.contains(transport.id())
                || mechanisms.contains(transport.name());
    }
}
