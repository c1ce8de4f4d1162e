package io.sluice.heap;

import io.sluice.waiting.Sleepers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The cells of a rendezvous: the offers of its open senders, and the demands of its open receivers.
 * Each side looks through the other's cells, so a hand-over costs no more than the ends that are
 * open, and shares no word with anybody who does not take part in it. Any thread.
 *
 * <p>Why nobody waits beside somebody who waits. A sender makes its offer, and then looks at every
 * demand; a receiver makes its demand, and then looks at every offer. All four are volatile, so one
 * sees the other. A receiver that sees an offer withdraws its demand and takes it; a sender that
 * sees a demand retracts its offer and serves that. After this one look each watches its own cell
 * alone, as in the JDK's {@code Exchanger}: one that also watched the other's would take the line
 * away from it while it still writes.
 *
 * <p>When both see each other, both may withdraw and then find nothing. Both try again, but the
 * receiver leaves its second demand alone for a while, in which the sender serves it.
 */
final class Meeting {
    /** Cells that face each other. They are used again: who saw one open wakes its new end. */
    private record Pair(Offer offer, Demand demand) {}

    private final List<Pair> pairs = new ArrayList<>();
    private final BitSet offering = new BitSet(); // Which pairs have an open sender,
    private final BitSet demanding = new BitSet(); // and which a receiver.
    private final Sleepers selectingSenders = new Sleepers();
    private final Sleepers selectingReceivers = new Sleepers(selectingSenders);
    private volatile Offer[] offers = {};
    private volatile Demand[] demands = {};

    /** Not to be changed. */
    Offer[] offers() {
        return offers;
    }

    /** Not to be changed. */
    Demand[] demands() {
        return demands;
    }

    /** A cell for a sender that opens: the first that is free, so that ends face each other. */
    synchronized Offer addOffer() {
        Offer offer = take(offering).offer();
        Offer[] all = Arrays.copyOf(offers, offers.length + 1);
        all[all.length - 1] = offer;
        offers = all;
        return offer;
    }

    /** A cell for a receiver that opens. */
    synchronized Demand addDemand() {
        Demand demand = take(demanding).demand();
        Demand[] all = Arrays.copyOf(demands, demands.length + 1);
        all[all.length - 1] = demand;
        demands = all;
        return demand;
    }

    private Pair take(BitSet taken) {
        int place = taken.nextClearBit(0);
        taken.set(place);
        if (place == pairs.size()) {
            Line line = new Line();
            pairs.add(new Pair(new Offer(line), new Demand(line)));
        }
        return pairs.get(place);
    }

    synchronized void remove(Offer offer) {
        giveBack(offering, pair -> pair.offer() == offer);
        offers = Stream.of(offers).filter(o -> o != offer).toArray(Offer[]::new);
    }

    synchronized void remove(Demand demand) {
        giveBack(demanding, pair -> pair.demand() == demand);
        demands = Stream.of(demands).filter(d -> d != demand).toArray(Demand[]::new);
    }

    private void giveBack(BitSet taken, Predicate<Pair> which) {
        for (int i = 0; i < pairs.size(); i++) {
            if (which.test(pairs.get(i))) {
                taken.clear(i);
            }
        }
    }

    /** Where one sleeps who waits for a demand among other things. */
    Sleepers selectingSenders() {
        return selectingSenders;
    }

    /** Where one sleeps who waits for an offer among other things. */
    Sleepers selectingReceivers() {
        return selectingReceivers;
    }

    /** A receiver has made a demand. */
    void demandMade() {
        selectingSenders.wakeOne();
    }

    /** A sender has made an offer. */
    void offerMade() {
        selectingReceivers.wakeOne();
    }

    /** The stream has ended. */
    void wakeReceivers() {
        selectingReceivers.wakeAll();
        for (Demand demand : demands) {
            demand.wake();
        }
    }

    /** The mailbox is broken. */
    void wakeSenders() {
        selectingSenders.wakeAll();
        for (Offer offer : offers) {
            offer.wake();
        }
    }

    int sendersAsleep() {
        return Stream.of(offers).mapToInt(Offer::asleep).sum();
    }

    int receiversAsleep() {
        return Stream.of(demands).mapToInt(Demand::asleep).sum();
    }

    /** Whether there is an offer. */
    boolean hasOffer() {
        for (Offer offer : offers) {
            if (offer.isMade()) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is a demand. */
    boolean hasDemand() {
        for (Demand demand : demands) {
            if (demand.isMade()) {
                return true;
            }
        }
        return false;
    }

    /** Messages that are offered. */
    int size() {
        return (int) Stream.of(offers).filter(Offer::isMade).count();
    }
}
