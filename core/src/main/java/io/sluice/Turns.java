package io.sluice;

/**
 * Which clause a select looks at first: where its search begins decides who wins when several
 * could.
 *
 * <p>Fair is round robin: the turn goes to the clause behind the one that won. If all can always
 * win all get the same share, to one. But with many clauses and one of them busy each search would
 * pass all the others. So a clause may win several times in its turn, where many were passed in
 * vain: in a round of <em>n</em> clauses that passed <em>p</em>, the next round allows <em>p</em>/4
 * wins more, evenly shared by those that win. So a round costs <em>n</em> looks and as many as it
 * allows wins more, about five looks for each win however many clauses there are. Between two turns
 * of a clause lie at most one turn of each other and the extra wins of two rounds: that is what one
 * that can win waits for, 3<em>n</em>/2 wins.
 *
 * <p>Belongs to its select's thread.
 */
final class Turns {
    private static final int PASSED_FOR_ONE_MORE = 4;

    private final int count;
    private final boolean fair;
    private int next; // Whose turn it is,
    private int wins; // how often that one has won in it,
    private int turn = 1; // and how often it may, while there are extra wins.
    private int extra; // How many wins beyond the first of a turn this round still allows.
    private int passed; // How many clauses were passed in vain in this round,
    private int winners; // and how many won.

    private Turns(int count, boolean fair) {
        this.count = count;
        this.fair = fair;
    }

    static Turns fair(int count) {
        return new Turns(count, true);
    }

    /** The first clause is always looked at first. */
    static Turns byPriority(int count) {
        return new Turns(count, false);
    }

    /** Where to begin. */
    int first() {
        return next;
    }

    /** A clause has won: the first one that could, from {@link #first} on, around. */
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
        extra = passed / PASSED_FOR_ONE_MORE;
        turn = 1 + extra / winners; // Somebody has won in each round, or it would not be over.
        next = 0;
        passed = 0;
        winners = 0;
    }
}
