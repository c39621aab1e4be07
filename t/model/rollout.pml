/* SPDX-License-Identifier: ISC */
/*
 * The roll-out protocol: who may change its node, and when.
 *
 * N nodes, the keys of the store, and everything that can go wrong, for spin.
 * One iteration of a do loop is one step that nothing can divide: one
 * transaction, or what a node does between two of them. Crashes, lapses and
 * other nodes' steps come between any two steps.
 *
 * Revisions are not numbers here. What matters is whether the one that a node
 * knows is still the one in the store; that is kept for each (known[],
 * marker[]), and is exact, since all that is done with them is to compare.
 * Where a node reads and then commits under the condition that nothing has
 * changed, that is one step here: if something changes in between, nothing
 * happens. It is two where it matters what a node does with old knowledge: in
 * the queue, and for requests that arrive late.
 *
 * Whatever goes wrong comes at any time, INCIDENTS times in one run, in any
 * mixture: a cluster that never stops crashing never ends a roll-out. On top
 * of them answers get lost, any number. -DCRASHES=0 leaves one kind out.
 */
#ifndef N
#define N 3 /* 2 to 4; with LIVE 2 or 3 */
#endif
#ifndef INCIDENTS
#define INCIDENTS 3
#endif
#ifndef CRASHES
#define CRASHES 1 /* the restart comes at any time, or never */
#endif
#ifndef LAPSES
#define LAPSES 1 /* a lease lapses though its node runs */
#endif
#ifndef FAILS
#define FAILS 1 /* a turn or a plan fails */
#endif
#ifndef LATES
#define LATES 1 /* a request fails, and is carried out afterwards */
#endif
#ifndef OPS
#define OPS 1 /* an operator sets or clears the flag */
#endif
#ifndef EVENTS
#define EVENTS 1 /* a thin event, beside the one that is there at first */
#endif
#ifndef LOSSES
#define LOSSES 1
#endif
/*
 * With -DLIVE, I3 is a claim about runs without end: events never stop coming
 * beside those that count, and one of these, at any time, is followed.
 *
 * Ways to break the protocol, each of which t/t0050-model.t shows to be found:
 *   NO_MARKER      the lock alone decides
 *   LEASED_MARKER  the marker goes with its node's lease
 *   NO_FLAG_GUARD  begin does not compare the flag's revision
 *   NO_STRAY       a node does not look for its marker outside of a turn
 *   HASTY_END      the end is sent before the files are at rest
 *   LATE_TELL      a node whose marker the operator removed flags its failure
 *   LAX_REFUSE     a plan that failed is flagged whatever markers there are
 *   FORGET         a node that is held forgets its event
 *   BLIND_CLEAR    the operator clears a silent node, not a dead one
 */

/* ---------------------------------------------------------------- the store */

/* flag: its kind, the node it names, and an operator's hold remembered. */
#define NONE 0
#define FAILED 1
#define DOUBT 2
#define OPERATOR 3
byte flag = NONE;
byte named = N;
bool also;

/* applying/<node>: as its node would see it. Never leased. */
#define ABSENT 0
#define MINE 1  /* has the turn id that the node knows */
#define OTHER 2 /* has one from before its crash, or that it has given up */
byte marker[N];

/* nodes/<node> has the turn id of the turn that the node is ending. */
bool recorded[N];

/* lock/<lease>, in the order of create revisions: n, or n + N for the key of
 * n's life before the crash, which stays until that lease lapses. */
chan lock = [N + INCIDENTS] of { byte };
#define HAS_KEY(n) (lock??[eval(n)])
#define AT_HEAD(n) (lock?[eval(n)])

/* alive/<node>: goes with the lease. */
bool alive[N] = true;

/* A request that its sender holds for failed and that is still on its way.
 * It compares what its sender knew when it sent it. */
#define BEGIN 1
#define END_OK 2
#define END_FAILED 3
#define REFUSE 4
#define IN_SYNC 5
byte late;
byte late_node;
byte late_known;
bool late_old; /* sent in the node's life before its crash */

/* ---------------------------------------------------------------- the nodes */

#define DEAD 0      /* crashed, for ever */
#define DOWN 1      /* crashed, will start again */
#define RECOVER 2   /* puts its files back, before anything else */
#define START 3     /* is present, looks for its own marker */
#define IDLE 4
#define QUEUED 5    /* has joined, has not planned */
#define CHANGES 6   /* planned: there is something to change */
#define UNABLE 7    /* planned: impossible */
#define BEGINNING 8 /* has asked to begin and got no answer */
#define APPLYING 9
#define DONE 10     /* the turn shall end well */
#define BROKEN 11   /* the turn shall end as failed */
#define RUNS(n) (state[n] > DOWN)
byte state[N] = IDLE;

/* The flag's revision that the node knows. */
#define FREE 0    /* 0: there was no flag */
#define CURRENT 1 /* that of the flag in the store */
#define STALE 2   /* another one, or it has to look first */
byte known[N] = STALE;

bool pending[N] = true; /* an event is not applied */
bool tried[N];          /* it is the one that raised my flag */

byte left = INCIDENTS;
#define MAY(what) (what && left)
byte doomed = N; /* the node that the operator holds for dead */

bool torn[N];     /* crashed in the middle of changing its files */
bool declared[N]; /* declared dead by the operator; what it does with its
                   * files when it comes back all the same is no turn */

/* The turn has failed or was cut off, and its flag has not been lifted. */
bool spoiled[N];

#define IS_MINE(n) (flag == FAILED && named == n)
#define KNOWS(n) ((known[n] == FREE && flag == NONE) || known[n] == CURRENT)
#define MAY_RUN(n) (known[n] == FREE || (known[n] == CURRENT && IS_MINE(n)))
#define IN_TURN(i) \
    (state[i] == APPLYING || \
     ((state[i] == RECOVER || state[i] == DONE || state[i] == BROKEN) && \
      !recorded[i] && !declared[i]))

/* ----------------------------------------------------------- what it claims */

hidden byte i1_broken, i2_broken, i3_broken, wedged;

/* For use within one step; no part of a state. */
hidden byte i, m, key, what, old;

/* At every begin. */
inline check_begin(n)
{
    i = 0;
    do
    :: i < N ->
        if
        :: i != n && IN_TURN(i) -> i1_broken = true
        :: else
        fi;
        if
        :: i != n && spoiled[i] -> i2_broken = true
        :: else
        fi;
        i++
    :: else -> break
    od;
    i = 0;
    if
    :: flag != NONE && !IS_MINE(n) -> i2_broken = true
    :: else
    fi;
    /* I1: at most one node is between the begin and the end of a turn. */
    assert(!i1_broken);
    /* I2: after a spoiled turn no other node begins until the lifting. */
    assert(!i2_broken);
}

/* For I3: what has become of the events on each node, and, with LIVE, of the
 * one event that is followed. The protocol does not look at it. */
#define NOT_OWED 0
#define OWED 1
#define IN_HAND 2 /* planned, but not ended */
#ifdef LIVE
byte owed[N];
#else
byte owed[N] = OWED;
#endif

/* I3: the event that is followed is in the end applied by every node that
 * runs, or covered by a flag. */
#ifdef LIVE
#define MET(n) (owed[n] == NOT_OWED || !RUNS(n) || flag != NONE)
#if N == 2
ltl i3 { <> [] (MET(0) && MET(1)) }
#else
ltl i3 { <> [] (MET(0) && MET(1) && MET(2)) }
#endif

#else
/* The same where runs end: when nothing can happen any more, every event is
 * applied by every node that runs, or covered by a flag; nobody hangs; and a
 * node that runs is not in doubt, since it can end its turn itself. */
#define SETTLED(n) \
    (!RUNS(n) || (state[n] == IDLE && (owed[n] == NOT_OWED || flag != NONE)))

active proctype claims()
{
end:
    d_step {
        timeout ->
        do
        :: i < N ->
            if
            :: !SETTLED(i) -> i3_broken = true
            :: else
            fi;
            if
            :: flag == DOUBT && named == i && RUNS(i) -> wedged = true
            :: else
            fi;
            i++
        :: else -> break
        od;
        i = 0;
        assert(!i3_broken);
        assert(!wedged)
    }
}
#endif

/* ------------------------------------------------------- parts of the steps */

inline late_drop()
{
    late = 0;
    late_node = 0;
    late_known = 0;
    late_old = false
}

/* The flag was put or deleted: nobody knows its revision. */
inline flag_changed()
{
    i = 0;
    do
    :: i < N ->
        if
        :: known[i] == CURRENT -> known[i] = STALE
        :: else
        fi;
        i++
    :: else -> break
    od;
    i = 0;
    if
    :: late_known == CURRENT -> late_drop()
    :: else
    fi
}

inline flag_put(kind, node)
{
    also = also || flag == OPERATOR;
    flag = kind;
    named = node;
    flag_changed()
}

/* Lifted: deleted, or an operator's hold put back that it had covered. */
inline flag_lift()
{
    if
    :: also -> flag = OPERATOR
    :: else -> flag = NONE
    fi;
    also = false;
    named = N;
    flag_changed();
    do
    :: i < N ->
        if
        :: marker[i] == ABSENT -> spoiled[i] = false
        :: else
        fi;
        i++
    :: else -> break
    od;
    i = 0
}

/* applying/<n> has another revision now, or none: what compares the former
 * one will not be carried out. */
inline marker_changed(n)
{
    if
    :: late_node == n && (late == END_OK || late == END_FAILED) -> late_drop()
    :: else
    fi;
    if
    :: doomed == n -> doomed = N
    :: else
    fi
}

/* The lock key is deleted, by its node or with its lease. */
inline key_gone(n)
{
    if
    :: HAS_KEY(n) -> lock??eval(n)
    :: else
    fi;
    if
    :: late_node == n && !late_old &&
       (late == BEGIN || late == REFUSE) -> late_drop()
    :: else
    fi
}

inline old_keys_gone(n)
{
    do
    :: HAS_KEY(n + N) -> lock??eval(n + N)
    :: else -> break
    od;
    if
    :: late_node == n && late_old &&
       (late == BEGIN || late == REFUSE) -> late_drop()
    :: else
    fi
}

inline send_late(n, what)
{
    left--;
    late = what;
    late_node = n;
    late_known = known[n]
}

inline read_flag(n)
{
    known[n] = (flag == NONE -> FREE : CURRENT)
}

/* The run that has begun with this plan covers what came before it. */
inline owe(n, from, to)
{
    if
    :: owed[n] == from -> owed[n] = to
    :: else
    fi
}

inline planned(n, what)
{
    owe(n, OWED, IN_HAND);
    pending[n] = false;
    tried[n] = false;
    state[n] = what
}

inline join(n)
{
    lock!n;
    alive[n] = true;
    state[n] = QUEUED
}

/* Out of the queue. What it knew of the flag no longer matters. */
inline rest(n)
{
    state[n] = IDLE;
    recorded[n] = false;
    declared[n] = false;
    known[n] = STALE
}

/* Back to waiting, the event still to be applied. */
inline give_up(n)
{
    owe(n, IN_HAND, OWED);
    rest(n);
    pending[n] = true;
    tried[n] = false;
    if
    :: marker[n] == MINE -> marker[n] = OTHER
    :: else
    fi
}

/* The run has failed: it waits for a newer event, unless one has come. */
inline run_failed(n)
{
    owe(n, IN_HAND, OWED);
    tried[n] = !pending[n];
    pending[n] = true
}

/* -------------------------------------------------------- the transactions */

#if N == 2
#define MARKER_BESIDE(n) ((n != 0 && marker[0]) || (n != 1 && marker[1]))
#elif N == 3
#define MARKER_BESIDE(n) \
    ((n != 0 && marker[0]) || (n != 1 && marker[1]) || (n != 2 && marker[2]))
#else
#define MARKER_BESIDE(n) \
    ((n != 0 && marker[0]) || (n != 1 && marker[1]) || \
     (n != 2 && marker[2]) || (n != 3 && marker[3]))
#endif
#ifdef NO_MARKER
#define NO_MARKERS(n) true
#else
#define NO_MARKERS(n) (!marker[n] && !MARKER_BESIDE(n))
#endif
#ifdef NO_FLAG_GUARD
#define MAY_BEGIN(n) (AT_HEAD(n) && MAY_RUN(n) && NO_MARKERS(n))
#else
#define MAY_BEGIN(n) (AT_HEAD(n) && MAY_RUN(n) && KNOWS(n) && NO_MARKERS(n))
#endif

/* begin: if my lock key is there (then it is still the first one), the flag
 * has the revision that I know, and nothing is below applying/: put mine. */
inline txn_begin(n, id)
{
    check_begin(n);
    marker[n] = id
}

/* end: if applying/<me> is the one I made and the flag has the revision that
 * I know: delete it and my lock key, put nodes/<me>; and the flag. */
inline txn_end(n, ok)
{
    marker[n] = ABSENT;
    marker_changed(n);
    recorded[n] = true;
    spoiled[n] = !ok;
    if
    :: !ok -> flag_put(FAILED, n)
    :: ok && (flag == FAILED || flag == DOUBT) && named == n -> flag_lift()
    :: else
    fi
}

/* refuse: a plan that failed, at the head. It compares what begin compares,
 * markers too: a flag of mine beside another node's marker would keep the
 * doubt about that node from being raised. Puts the flag, leaves. */
#ifdef LAX_REFUSE
#define MAY_REFUSE(n) (AT_HEAD(n) && MAY_RUN(n) && KNOWS(n))
#else
#define MAY_REFUSE(n) MAY_BEGIN(n)
#endif

inline txn_refuse(n)
{
    flag_put(FAILED, n)
}

/* in sync: nothing to change. Leave; with my flag up, if it has the revision
 * that I know, lift it. */
inline txn_in_sync(n)
{
    if
    :: known[n] == CURRENT && IS_MINE(n) -> flag_lift()
    :: else
    fi
}

/* ------------------------------------------------------------------ a node */

/* Its place in the queue stays, until the lease lapses. */
inline crash(n, back)
{
    left--;
    owed[n] = OWED;
    spoiled[n] = spoiled[n] || marker[n];
    torn[n] = torn[n] || state[n] == APPLYING;
    marker[n] = (marker[n] -> OTHER : ABSENT);
    recorded[n] = false;
    pending[n] = false;
    tried[n] = false;
    known[n] = STALE;
    late_old = late_old || (late && late_node == n);
    i = len(lock);
    do
    :: i > 0 -> lock?key; lock!(key == n -> n + N : key); i--
    :: else -> break
    od;
    state[n] = back
}

inline lapse(n)
{
    alive[n] = !marker[n]; /* matters only beside its marker */
#ifdef LEASED_MARKER
    if
    :: marker[n] -> marker[n] = ABSENT; marker_changed(n)
    :: else
    fi
#endif
}

#ifdef FORGET
#define STAYS_PENDING false
#else
#define STAYS_PENDING true
#endif
#define IN_QUEUE(n) (state[n] >= QUEUED && state[n] <= UNABLE)

proctype node(byte n)
{
    /* All are alike at first, so that they may be numbered by who joins first:
     * one order stands for all. */
    atomic {
        known[n] = FREE;
        join(n);
        run lease(n);
        if
        :: n + 1 < N -> run node(n + 1)
        :: else
        fi
    };
end:
    do
    /* Starts again. What its former life had sent and nobody has answered may
     * still come in: an end, but then its files are at rest. */
    :: d_step { state[n] == DOWN && torn[n] -> state[n] = RECOVER }
    :: d_step { state[n] == RECOVER -> torn[n] = false; state[n] = DOWN }

    /* Present; its former lease revoked, and its place in the queue with it,
     * so that no begin of before comes in later. */
    :: d_step { state[n] == DOWN && !torn[n] ->
        alive[n] = true;
        old_keys_gone(n);
        declared[n] = false;
        state[n] = START }

    :: d_step { state[n] == START && !marker[n] -> give_up(n) }

    /* Takes up the turn of before, to end it as failed. */
    :: d_step { state[n] == START && marker[n] ->
        marker[n] = MINE;
        pending[n] = true;
        tried[n] = false;
        state[n] = BROKEN }

    /* The watch brings the flag; or it is read. */
    :: d_step { IN_QUEUE(n) && !KNOWS(n) -> read_flag(n) }

    /* join, with a new lease if the old one has lapsed: no flag, or mine
     * and a newer event than the one that raised it. */
    :: d_step { state[n] == IDLE && pending[n] &&
                (flag == NONE || (IS_MINE(n) && !tried[n])) ->
        read_flag(n);
        join(n) }

    /* leave: held by a flag that is not mine. The event stays pending. */
    :: d_step { IN_QUEUE(n) && known[n] == CURRENT && !IS_MINE(n) ->
        key_gone(n);
        give_up(n);
        pending[n] = STAYS_PENDING }

    /* My lock key has gone with its lease, or with an answer. */
    :: d_step { IN_QUEUE(n) && !HAS_KEY(n) -> give_up(n) }

    /* Plans. What comes from here on is another event. */
    :: d_step { state[n] == QUEUED && HAS_KEY(n) ->
        planned(n, CHANGES) }
    :: d_step { state[n] == QUEUED && HAS_KEY(n) && MAY(FAILS) ->
        left--;
        planned(n, UNABLE) }

    /* Plans: nothing to change. Leaves at once, wherever it stands. */
    :: d_step { state[n] == QUEUED && HAS_KEY(n) && MAY_RUN(n) ->
        key_gone(n);
        planned(n, IDLE);
        owe(n, IN_HAND, NOT_OWED);
        txn_in_sync(n);
        rest(n) }
#ifndef LIVE /* it would do so for ever */
    :: d_step { LOSSES && state[n] == QUEUED && HAS_KEY(n) && MAY_RUN(n) ->
        key_gone(n);
        txn_in_sync(n) }
#endif
    :: d_step { MAY(LATES) && !late && state[n] == QUEUED && HAS_KEY(n) &&
                known[n] == CURRENT && IS_MINE(n) ->
        send_late(n, IN_SYNC) }

    :: d_step { state[n] == UNABLE && MAY_REFUSE(n) ->
        key_gone(n);
        txn_refuse(n);
        run_failed(n);
        rest(n) }
    :: d_step { LOSSES && state[n] == UNABLE && MAY_REFUSE(n) ->
        key_gone(n);
        txn_refuse(n) }
    :: d_step { MAY(LATES) && !late && state[n] == UNABLE && AT_HEAD(n) &&
                MAY_RUN(n) ->
        send_late(n, REFUSE) }

    /* doubt: at the head, and another node's marker is there. If it still
     * is and there is no flag: put one that names it. */
#ifndef NO_MARKER
    :: d_step { (state[n] == CHANGES || state[n] == UNABLE) && AT_HEAD(n) &&
                flag == NONE && MARKER_BESIDE(n) ->
        m = 0;
        do
        :: m != n && marker[m] -> break
        :: else -> m++
        od;
        flag_put(DOUBT, m) }
#endif

    :: d_step { state[n] == CHANGES && MAY_BEGIN(n) ->
        txn_begin(n, MINE);
        known[n] = STALE;
        state[n] = APPLYING }
    :: d_step { LOSSES && state[n] == CHANGES && MAY_BEGIN(n) ->
        txn_begin(n, MINE);
        state[n] = BEGINNING }
    :: d_step { MAY(LATES) && !late && state[n] == CHANGES && AT_HEAD(n) &&
                MAY_RUN(n) ->
        send_late(n, BEGIN);
        state[n] = BEGINNING }

    /* Looks up applying/<me>: my turn id there means begun. */
    :: d_step { (state[n] == BEGINNING || (state[n] == CHANGES &&
                 AT_HEAD(n))) && marker[n] == MINE ->
        known[n] = STALE;
        state[n] = APPLYING }
    :: d_step { state[n] == BEGINNING && marker[n] != MINE ->
        state[n] = CHANGES }

    /* A marker of mine that I know nothing of: as after a restart. */
#ifndef NO_STRAY
    :: d_step { marker[n] &&
                ((state[n] == IDLE && flag == DOUBT && named == n) ||
                 ((state[n] == CHANGES || state[n] == UNABLE) &&
                  AT_HEAD(n) && marker[n] == OTHER)) ->
        key_gone(n);
        state[n] = START }
#endif

    /* Changes its files. The lease may lapse; that changes nothing. */
    :: d_step { state[n] == APPLYING -> state[n] = DONE }
    :: d_step { state[n] == APPLYING && MAY(FAILS) ->
        left--;
        state[n] = BROKEN }

    :: d_step { state[n] == DONE && marker[n] == MINE ->
        key_gone(n);
        txn_end(n, true);
        owe(n, IN_HAND, NOT_OWED);
        rest(n) }
    :: d_step { state[n] == BROKEN && marker[n] == MINE ->
        key_gone(n);
        txn_end(n, false);
        run_failed(n);
        rest(n) }
    :: d_step { LOSSES && (state[n] == DONE || state[n] == BROKEN) &&
                marker[n] == MINE ->
        key_gone(n);
        txn_end(n, (state[n] == DONE)) }
    :: d_step { MAY(LATES) && !late &&
#ifdef HASTY_END
                (state[n] == APPLYING || state[n] == DONE) &&
#else
                (state[n] == DONE || state[n] == BROKEN) &&
#endif
                marker[n] == MINE ->
        read_flag(n);
        send_late(n, (state[n] == BROKEN -> END_FAILED : END_OK));
        known[n] = STALE }

    /* Looks up nodes/<me>: my turn id there means ended. */
    :: d_step { state[n] == DONE && recorded[n] ->
        owe(n, IN_HAND, NOT_OWED);
        rest(n) }
    :: d_step { state[n] == BROKEN && recorded[n] ->
        run_failed(n);
        rest(n) }

    /* Neither: the operator has removed the marker. No flag now: others may
     * have begun, and theirs would be covered up. */
    :: d_step { (state[n] == DONE || state[n] == BROKEN) && !recorded[n] &&
                marker[n] != MINE ->
#ifdef LATE_TELL
        if
        :: state[n] == BROKEN -> flag_put(FAILED, n)
        :: else
        fi;
#endif
        give_up(n) }

    :: d_step { MAY(CRASHES) && RUNS(n) -> crash(n, DOWN) }
    :: d_step { MAY(CRASHES) && RUNS(n) -> crash(n, DEAD) }
    od
}

/* Its lease. */
proctype lease(byte n)
{
end:
    do
    /* Lapses though the node runs: queued, or in its turn. */
    :: d_step { MAY(LAPSES) && RUNS(n) &&
                (HAS_KEY(n) || (marker[n] && alive[n])) ->
        left--;
        key_gone(n);
        lapse(n) }
    /* Of a node that is down, or of its life before: lapses for certain. */
    :: d_step { !RUNS(n) && ((alive[n] && marker[n]) || HAS_KEY(n + N)) ->
        old_keys_gone(n);
        lapse(n) }
    :: d_step { RUNS(n) && HAS_KEY(n + N) -> old_keys_gone(n) }
    /* Connected again: a new lease. */
    :: d_step { RUNS(n) && !alive[n] -> alive[n] = true }
    od
}

/* ------------------------------------------------------------- the network */

#define LATE_KEY (late_old -> late_node + N : late_node)
#define LATE_KNOWS \
    ((late_known == FREE && flag == NONE) || late_known == CURRENT)

/* What is on its way arrives, if what it compares still holds; or never. */
active proctype network()
{
end:
    do
    :: d_step { late -> late_drop() }

    :: d_step { late == BEGIN && lock?[eval(LATE_KEY)] && LATE_KNOWS &&
                NO_MARKERS(late_node) ->
        m = late_node;
        old = late_old;
        late_drop();
        if
        :: !old && (state[m] == BEGINNING || state[m] == CHANGES) ->
            txn_begin(m, MINE)
        :: else ->
            txn_begin(m, OTHER);
            spoiled[m] = (spoiled[m] || !RUNS(m))
        fi }

    :: d_step { (late == END_OK || late == END_FAILED) && LATE_KNOWS ->
        m = late_node;
        what = late;
        old = late_old;
        late_drop();
        if
        :: old && HAS_KEY(m + N) -> lock??eval(m + N)
        :: !old && HAS_KEY(m) -> lock??eval(m)
        :: else
        fi;
        txn_end(m, (what == END_OK));
        recorded[m] = (state[m] == DONE || state[m] == BROKEN) }

    :: d_step { late == REFUSE && lock?[eval(LATE_KEY)] && LATE_KNOWS &&
                NO_MARKERS(late_node) ->
        m = late_node;
        lock?_;
        late_drop();
        txn_refuse(m) }

    :: d_step { late == IN_SYNC && LATE_KNOWS ->
        m = late_node;
        if
        :: late_old && HAS_KEY(m + N) -> lock??eval(m + N)
        :: !late_old && HAS_KEY(m) -> lock??eval(m)
        :: else
        fi;
        late_drop();
        flag_lift() }
    od
}

/* -------------------------------------------------- what comes from outside */

#ifdef BLIND_CLEAR
#define SEEMS_DEAD(n) (!alive[n])
#else
#define SEEMS_DEAD(n) (!RUNS(n))
#endif

active proctype operator()
{
end:
    do
    /* flag set: a hold; beside a flag that is there it is remembered. */
    :: d_step { MAY(OPS) && flag == NONE -> left--; flag_put(OPERATOR, N) }
    :: d_step { MAY(OPS) && flag != NONE && flag != OPERATOR && !also ->
        left--;
        also = true;
        flag_changed() }

    /* flag clear. For a node in doubt this alone leaves the marker, and the
     * next node at the head raises the flag again. */
    :: d_step { MAY(OPS) && flag != NONE -> left--; also = false; flag_lift() }

    /* flag clear, naming the node in doubt: first the operator finds it dead;
     * then, if alive/<node> is gone and the marker is still that one, marker
     * and flag are deleted. The node may have come back in between. */
    :: d_step { MAY(OPS) && flag == DOUBT && SEEMS_DEAD(named) && doomed == N ->
        left--;
        doomed = named }
    :: d_step { doomed != N && !alive[doomed] && flag == DOUBT &&
                named == doomed ->
        marker[named] = ABSENT;
        declared[named] = true;
        marker_changed(named);
        also = false;
        flag_lift() }
    od
}

inline publish(counts)
{
    do
    :: i < N ->
        owed[i] = (counts -> OWED : owed[i]);
        if
        :: RUNS(i) -> pending[i] = true; tried[i] = false
        :: else /* the run at its start covers it */
        fi;
        i++
    :: else -> break
    od;
    i = 0
}

active proctype api()
{
end:
    do
    :: d_step { MAY(EVENTS) -> left--; publish(true) }
#ifdef LIVE
    :: d_step { publish(false) }
#endif
    od
}

init {
    run node(0)
}
