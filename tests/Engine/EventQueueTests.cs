using System.Runtime.CompilerServices;
using FsCheck.Fluent;
using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

public sealed class EventQueueTests
{
    [Fact]
    public void Events_come_out_in_their_total_order_however_they_went_in()
    {
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Time, byte Destination, byte Source)[]>(),
            raw =>
            {
                SimEvent[] events = Numbered(raw);
                EventQueue queue = new();
                foreach (SimEvent one in events)
                {
                    queue.Push(one);
                }
                (long, int, int, long)[] sorted = [.. events.Select(Key).Order()];
                return sorted.SequenceEqual(Drain(queue));
            }));
    }

    [Fact]
    public void The_order_is_the_same_when_pushes_and_pops_alternate()
    {
        RandomStream random = new(7, "alternate");
        EventQueue queue = new();
        List<(long, int, int, long)> mirror = [];
        long sequence = 0;
        for (int i = 0; i < 5_000; i++)
        {
            if (random.NextBelow(3) != 0 || mirror.Count == 0)
            {
                SimEvent added = new(new SimTime(random.NextBelow(50)), new NodeId((int)random.NextBelow(4)), new NodeId((int)random.NextBelow(4)), sequence++, 0, 0, 0);
                queue.Push(added);
                mirror.Add(Key(added));
            }
            else
            {
                (long, int, int, long) least = mirror.Min();
                Assert.Equal(least, Key(queue.Pop()));
                mirror.Remove(least);
            }
        }
        Assert.Equal(mirror.Count, queue.Count);
    }

    /// <summary>Delays of many shapes: each makes another part of the queue work, or makes it change its shape.</summary>
    public static TheoryData<string> Shapes => ["near", "equal", "now", "far", "mixed", "clumps", "widening", "narrowing", "never"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Under_load_it_gives_what_a_sorted_set_gives(string shape)
    {
        RandomStream random = new(11, shape);
        EventQueue queue = new();
        SortedSet<(long Time, int Destination, int Source, long Sequence)> oracle = [];
        long now = 0;
        long sequence = 0;
        // Filled, held, drained and filled again, larger each time; bursts now and then.
        for (int size = 10; size <= 20_000; size *= 6)
        {
            Fill(size);
            for (int i = 0; i < 3 * size; i++)
            {
                Take(hold: true);
                if (random.NextBelow(1000) == 0)
                {
                    Fill(size + (int)random.NextBelow(300));
                }
            }
            while (oracle.Count > size / 10)
            {
                Take(hold: false);
            }
        }
        while (oracle.Count > 0)
        {
            Take(hold: false);
        }
        Assert.Equal(0, queue.Count);
        Assert.Equal(SimTime.Never, queue.Earliest);

        void Fill(int size)
        {
            while (oracle.Count < size)
            {
                Put();
            }
        }

        void Put()
        {
            long delay = Delay(shape, now, random);
            SimEvent added = new(
                new SimTime(now > long.MaxValue - delay ? long.MaxValue : now + delay), new NodeId((int)random.NextBelow(40)), new NodeId((int)random.NextBelow(40)), ++sequence, 1, 0, sequence);
            queue.Push(in added);
            oracle.Add(Key(added));
        }

        void Take(bool hold)
        {
            (long Time, int, int, long Sequence) least = oracle.Min;
            Assert.Equal(oracle.Count, queue.Count);
            Assert.Equal(least.Time, queue.Earliest.Picoseconds);
            if (least.Time > now)
            {
                Assert.True(Unsafe.IsNullRef(in queue.TakeThrough(new SimTime(least.Time - 1))));
            }
            ref readonly SimEvent taken = ref queue.TakeThrough(new SimTime(least.Time));
            Assert.False(Unsafe.IsNullRef(in taken));
            oracle.Remove(least);
            now = least.Time;
            if (hold)
            {
                // What is pushed while an event is handled leaves that one as it is.
                Put();
            }
            Assert.Equal(least, Key(taken));
            Assert.Equal(least.Sequence, taken.Argument);
        }
    }

    private static long Delay(string shape, long now, RandomStream random) => shape switch
    {
        "near" => random.NextBelow(1_000_000),
        "equal" => 1000 * random.NextBelow(3),
        "now" => random.NextBelow(4) == 0 ? random.NextBelow(100_000) : 0,
        "far" => (long)random.NextBelow(1_000_000) << (int)random.NextBelow(30),
        "mixed" => random.NextBelow(10) == 0 ? 200_000_000_000 + random.NextBelow(1_000_000) : 1_000_000 + random.NextBelow(90_000),
        "clumps" => (1_000_000 - (now % 1_000_000)) + (1_000_000L * random.NextBelow(5)) + random.NextBelow(300),
        "widening" => random.NextBelow((uint)(1000 + Math.Min(now / 100, 1_000_000_000))),
        "narrowing" => 1 + (1_000_000_000 / (1 + (now >> 20))) + random.NextBelow(1000),
        "never" => random.NextBelow(20) == 0 ? long.MaxValue - now - random.NextBelow(3) : random.NextBelow(1_000_000),
        _ => throw new ArgumentOutOfRangeException(nameof(shape)),
    };

    [Fact]
    public void What_an_event_carries_comes_out_with_it()
    {
        EventQueue queue = new();
        for (int i = 0; i < 1000; i++)
        {
            queue.Push(new SimEvent(new SimTime(1000 - i), new NodeId(0), new NodeId(0), i, kind: i, subject: 2 * i, argument: 3L * i));
        }
        for (int i = 999; i >= 0; i--)
        {
            SimEvent popped = queue.Pop();
            Assert.Equal((i, 2 * i, 3L * i), (popped.Kind, popped.Subject, popped.Argument));
        }
    }

    [Fact]
    public void An_empty_queue_says_so() => Assert.Throws<InvalidOperationException>(() => new EventQueue().Pop());

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        EventQueue queue = new();
        for (int i = 0; i < 1000; i++)
        {
            queue.Push(new SimEvent(new SimTime(i), default, default, i, 0, 0, 0));
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100_000; i++)
        {
            SimEvent first = queue.Pop();
            queue.Push(new SimEvent(new SimTime(first.Time.Picoseconds + 1000), default, default, i, 0, 0, 0));
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static SimEvent[] Numbered((byte Time, byte Destination, byte Source)[] raw)
    {
        long[] sequences = new long[4];
        return [.. raw.Select(r => new SimEvent(
            new SimTime(r.Time % 8), new NodeId(r.Destination % 4), new NodeId(r.Source % 4), sequences[r.Source % 4]++, 0, 0, 0))];
    }

    private static IEnumerable<(long, int, int, long)> Drain(EventQueue queue)
    {
        while (queue.Count > 0)
        {
            yield return Key(queue.Pop());
        }
    }

    private static (long Time, int Destination, int Source, long Sequence) Key(SimEvent e) =>
        (e.Time.Picoseconds, e.Destination.Index, e.Source.Index, e.Sequence);
}
