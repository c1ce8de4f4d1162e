package io.sluice.compare.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class PatternTest {
    /** The names are in the files of users: they must not change. */
    private static final List<String> NAMES =
            List.of(
                    "rtt",
                    "stream",
                    "oneway",
                    "fanin",
                    "fanout",
                    "burst",
                    "gap",
                    "oversub",
                    "lifecycle",
                    "peerdeath");

    @Test
    void namesAreThoseOfTheFiles() throws JsonProcessingException {
        assertEquals(NAMES, Pattern.all().stream().map(Pattern::id).toList());
        ObjectMapper json = new ObjectMapper();
        for (String name : NAMES) {
            Pattern pattern = Pattern.of(name);
            assertEquals("\"" + name + "\"", json.writeValueAsString(pattern));
            assertSame(pattern, json.readValue("\"" + name + "\"", Pattern.class));
            assertEquals(name, pattern.toString());
        }
    }

    @Test
    void anUnknownNameIsOther() throws JsonProcessingException {
        assertSame(Pattern.OTHER, new ObjectMapper().readValue("\"dance\"", Pattern.class));
        assertSame(Pattern.OTHER, Pattern.of("dance"));
    }

    @Test
    void whatIsSentFollowsFromThePattern() {
        assertEquals(List.of(Pattern.RTT, Pattern.GAP, Pattern.OVERSUB), those(Pattern::hasReply));
        assertEquals(
                List.of(Pattern.STREAM, Pattern.FANIN, Pattern.FANOUT), those(Pattern::isFlood));
    }

    private static List<Pattern> those(Predicate<Pattern> property) {
        return Pattern.all().stream().filter(property).toList();
    }

    @Test
    void threadsFollowFromTheEnds() {
        assertEquals(2, Pattern.RTT.threads(1, 1));
        assertEquals(6, Pattern.OVERSUB.threads(3, 3));
        assertEquals(3, Pattern.FANIN.threads(2, 1));
        assertEquals(4, Pattern.FANOUT.threads(1, 3));
    }
}
