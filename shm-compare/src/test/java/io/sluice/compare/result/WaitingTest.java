package io.sluice.compare.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WaitingTest {
    /** The names are in the files of users: they must not change. */
    private static final List<String> NAMES =
            List.of("block", "hint", "nonblock", "spin", "yield", "hybrid", "futex", "eventfd");

    @Test
    void namesAreThoseOfTheFiles() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        for (String name : NAMES) {
            assertEquals("\"" + name + "\"", json.writeValueAsString(new Waiting(name)));
            assertEquals(new Waiting(name), json.readValue("\"" + name + "\"", Waiting.class));
            assertEquals(name, new Waiting(name).toString());
        }
    }

    @Test
    void whatIsExpectedFollowsFromTheName() {
        assertEquals(List.of("block", "futex", "eventfd"), those(Waiting::sleeps));
        assertEquals(List.of("hybrid"), those(Waiting::sleepsAfterSpinning));
        assertEquals(List.of("hint", "spin"), those(Waiting::neverSleeps));
        assertEquals(List.of("spin"), those(Waiting::neverCalls));
        assertEquals(List.of("yield", "hybrid", "futex", "eventfd"), those(Waiting::callsAtTimes));
        assertEquals(List.of("block", "hint", "nonblock"), those(Waiting::isInKernel));
    }

    @Test
    void nothingIsExpectedOfAnotherMechanismsOwnWay() {
        Waiting own = new Waiting("doorbell");
        assertFalse(own.sleeps() || own.sleepsAfterSpinning() || own.neverSleeps());
        assertFalse(own.neverCalls() || own.callsAtTimes() || own.isInKernel());
    }

    private static List<String> those(Predicate<Waiting> property) {
        Stream<Waiting> all = NAMES.stream().map(Waiting::new);
        return all.filter(property).map(Waiting::id).toList();
    }
}
