package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often each clause wins, and how long a ready clause waits. */
class FairOrderTest {
    private static final int SELECTS = Proof.size(20_000, 100_000);

    private long polls;

    /** Returns the first clause that can win from where the search begins, or -1. */
    private int select(FairOrder fairOrder, boolean[] ready) {
        for (int i = 0; i < ready.length; i++) {
            polls++;
            int clause = (fairOrder.first() + i) % ready.length;
            if (ready[clause]) {
                fairOrder.won(clause);
                return clause;
            }
        }
        return -1;
    }

    private int[] wins(FairOrder fairOrder, boolean[] ready) {
        int[] wins = new int[ready.length];
        for (int i = 0; i < SELECTS; i++) {
            wins[select(fairOrder, ready)]++;
        }
        return wins;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64})
    void alwaysReadyClausesWinEquallyOftenToWithinOne(int count) {
        boolean[] ready = new boolean[count];
        Arrays.fill(ready, true);
        for (int wins : wins(FairOrder.fair(count), ready)) {
            assertTrue(wins == SELECTS / count || wins == SELECTS / count + 1, wins + " wins");
        }
    }

    @Test
    void alwaysReadyClausesAmongIdleOnesWinEquallyToWithinOneTurn() {
        SplittableRandom random = new SplittableRandom(1);
        for (int count : new int[] {2, 8, 64}) {
            boolean[] ready = new boolean[count];
            int some = 0;
            while (some == 0) {
                some = 0;
                for (int i = 0; i < count; i++) {
                    ready[i] = random.nextInt(8) == 0;
                    some += ready[i] ? 1 : 0;
                }
            }
            int[] wins = wins(FairOrder.fair(count), ready);
            for (int i = 0; i < count; i++) {
                int share = ready[i] ? SELECTS / some : 0;
                assertEquals(share, wins[i], 1 + count / 4, Arrays.toString(wins));
            }
        }
    }

    @Test
    void byPriorityTheFirstAlwaysWins() {
        boolean[] ready = {false, true, true};
        assertEquals(SELECTS, wins(FairOrder.byPriority(3), ready)[1]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64})
    void oneBusyClauseCostsFewPollsHoweverManyAreIdle(int count) {
        boolean[] ready = new boolean[count];
        ready[count / 2] = true;
        wins(FairOrder.fair(count), ready);
        assertTrue(polls <= 5L * SELECTS + count, polls + " looks");
    }

    /** The bound is that of the Javadoc of Select, whatever the other clauses do. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8, 64})
    void aReadyClauseWaitsForThreeHalvesOfTheirNumberAtMost(int count) {
        SplittableRandom random = new SplittableRandom(count);
        FairOrder fairOrder = FairOrder.fair(count);
        boolean[] ready = new boolean[count];
        int[] waited = new int[count];
        int longest = 0;
        for (int i = 0; i < 20 * SELECTS; i++) {
            if (i % 512 == 0) { // Few or many of them are ready, for a while.
                for (int c = 0; c < count; c++) {
                    ready[c] |= random.nextInt(1 + i / 512 % 9) == 0;
                }
            }
            int winner = select(fairOrder, ready);
            if (winner >= 0) {
                ready[winner] = i / 4096 % 2 == 0 && random.nextInt(4) != 0;
                for (int c = 0; c < count; c++) {
                    waited[c] = ready[c] && c != winner ? waited[c] + 1 : 0;
                    longest = Math.max(longest, waited[c]);
                }
            }
            ready[random.nextInt(count)] = true;
        }
        System.out.println(count + " clauses: the longest wait was for " + longest + " others");
        assertTrue(longest <= count + count / 2, longest + " others");
    }
}
