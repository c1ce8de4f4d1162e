package io.sluice;

/**
 * The order in which a select tries its clauses: the first clause that can win does.
 *
 * <p>Fair order is round robin: the turn passes to the clause after the one that won. If all
 * clauses can always win, their shares differ by at most one win. But with many clauses and one of
 * them busy each search would try all others without success. So a clause may win several times in
 * its turn, if many were passed without success: after a round of <em>n</em> clauses that passed
 * <em>p</em>, the next round allows <em>p</em>/4 extra wins, evenly shared by those that win. So a
 * round costs <em>n</em> attempts and one for each extra win, about five attempts for each win
 * however many clauses there are. Between two turns of a clause there are at most one turn of each
 * other clause and the extra wins of two rounds: so a clause that can win waits for at most
 * 3<em>n</em>/2 wins.
 *
 * <p>Belongs to its select's thread.
 */
final class FairOrder {
    private static final int PASSED_PER_EXTRA_WIN = 4;

    private final int count;
    private final boolean fair;
    private int next; // The clause whose turn it is.
    private int wins; // How often that clause has won in this turn.
    private int turn = 1; // How often it may, if extra wins remain.
    private int extra; // The extra wins, beyond one in each turn, left in this round.
    private int passed; // The number of clauses passed without a win in this round.
    private int winners; // The number of clauses that won in it.

    private FairOrder(int count, boolean fair) {
        this.count = count;
        this.fair = fair;
    }

    static FairOrder fair(int count) {
        return new FairOrder(count, true);
    }

    /** Returns an order that always begins with the first clause. */
    static FairOrder byPriority(int count) {
        return new FairOrder(count, false);
    }

    /** Returns the clause to try first. */
    int first() {
        return next;
    }

    /** Records a win: of the first clause that could, from {@link #first} on, cyclically. */
    void won(int clause) {
        if (!fair) {
            return;
        }
        if (clause != next) {
            pass(clause);
        }
        if (wins++ == 0) {
            winners++;
        } else {
            extra--;
        }
        if (wins >= turn || extra == 0) {
            wins = 0;
            if (++next == count) {
                newRound();
            }
        }
    }

    private void pass(int clause) {
        wins = 0;
        if (clause < next) {
            passed += count - next;
            newRound();
        }
        passed += clause - next;
        next = clause;
    }

    private void newRound() {
        extra = passed / PASSED_PER_EXTRA_WIN;
        turn = 1 + extra / winners; // A round ends only after a win, so winners > 0.
        next = 0;
        passed = 0;
        winners = 0;
    }
}
