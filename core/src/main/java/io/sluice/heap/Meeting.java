package io.sluice.heap;

import io.sluice.waiting.Sleepers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The cells of a rendezvous: the offers of the open senders and the demands of the open receivers.
 * Each side scans the other side's cells, so the cost of a hand-over is bounded by the number of
 * open ends, and a hand-over shares no word with ends that do not take part in it. Any thread may
 * call; opening and closing an end takes a lock.
 *
 * <p>Why a sender and a receiver never both wait. A sender makes its offer and then reads every
 * demand; a receiver makes its demand and then reads every offer. All four accesses are volatile,
 * so at least one of the two sees the other. A receiver that sees an offer withdraws its demand and
 * takes the offer; a sender that sees a demand retracts its offer and serves the demand. After this
 * one check each reads only its own cell, as in the JDK's {@code Exchanger}: reading the other's
 * cell would take the cache line away from the thread that still writes it.
 *
 * <p>When both see each other, both may withdraw and then find nothing. Both try again, but after
 * its second demand the receiver spins for a while without checking the offers, so that the sender
 * can serve the demand.
 */
final class Meeting {
    /**
     * Two cells on one line. A new end reuses them, so a thread that read an array of open cells
     * before an end closed may wake the end that succeeded it.
     */
    private record Pair(Offer offer, Demand demand) {}

    private final List<Pair> pairs = new ArrayList<>();
    private final BitSet offering = new BitSet(); // Pairs with an open sender.
    private final BitSet demanding = new BitSet(); // Pairs with an open receiver.
    private final Sleepers selectingSenders = new Sleepers();
    private final Sleepers selectingReceivers = new Sleepers(selectingSenders);
    private volatile Offer[] offers = {};
    private volatile Demand[] demands = {};

    /** Returns the offers of the open senders. The caller must not modify the array. */
    Offer[] offers() {
        return offers;
    }

    /** Returns the demands of the open receivers. The caller must not modify the array. */
    Demand[] demands() {
        return demands;
    }

    /**
     * Allocates a cell for a new sender: the first free one, so that a sender and a receiver share
     * a line.
     */
    synchronized Offer addOffer() {
        Offer offer = take(offering).offer();
        Offer[] all = Arrays.copyOf(offers, offers.length + 1);
        all[all.length - 1] = offer;
        offers = all;
        return offer;
    }

    /** Allocates a cell for a new receiver: the first free one. */
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

    /** Returns the queue of the threads that select on sending here. */
    Sleepers selectingSenders() {
        return selectingSenders;
    }

    /** Returns the queue of the threads that select on receiving here. */
    Sleepers selectingReceivers() {
        return selectingReceivers;
    }

    /** Wakes a selecting sender after a receiver has made a demand. */
    void demandMade() {
        selectingSenders.wakeOne();
    }

    /** Wakes a selecting receiver after a sender has made an offer. */
    void offerMade() {
        selectingReceivers.wakeOne();
    }

    /** Wakes all receivers because the stream has ended. */
    void wakeReceivers() {
        selectingReceivers.wakeAll();
        for (Demand demand : demands) {
            demand.wake();
        }
    }

    /** Wakes all senders because the mailbox is broken. */
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

    /** Tests whether there is an offer. */
    boolean hasOffer() {
        for (Offer offer : offers) {
            if (offer.isMade()) {
                return true;
            }
        }
        return false;
    }

    /** Tests whether there is a demand. */
    boolean hasDemand() {
        for (Demand demand : demands) {
            if (demand.isMade()) {
                return true;
            }
        }
        return false;
    }

    /** Returns how many messages are offered. */
    int size() {
        return (int) Stream.of(offers).filter(Offer::isMade).count();
    }
}
