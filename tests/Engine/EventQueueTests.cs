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
