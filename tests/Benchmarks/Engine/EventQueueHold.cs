using BenchmarkDotNet.Attributes;
using MizarLab.Benchmarks.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Benchmarks.Engine;

/// <summary>The hold model: take the first event, put one back a random time later, so that the number pending stays (Jones 1986).</summary>
[BenchmarkCategory(Categories.Engine)]
public class EventQueueHold
{
    /// <summary>Twice the mean increment: 10 µs, as a frame's time on a wire.</summary>
    private const uint MostNanoseconds = 20_000;

    private readonly EventQueue queue = new();
    private readonly RandomStream random = new(1, "hold");
    private long sequence;

    [Params(1_000, 100_000)]
    public int Pending { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        while (queue.Count < Pending)
        {
            Push(SimTime.Zero);
        }
        SimTime last = SimTime.Zero;
        for (int i = 0; i < 2 * Pending; i++)
        {
            SimTime now = queue.Peek().Time;
            WrongPathException.ThrowUnless(now >= last, "events come out of order");
            last = now;
            Hold();
        }
        WrongPathException.ThrowUnless(queue.Count == Pending, "the number pending did not stay");
    }

    [Benchmark]
    public SimTime Hold()
    {
        SimEvent first = queue.Pop();
        Push(first.Time);
        return first.Time;
    }

    private void Push(SimTime from)
    {
        int node = (int)(sequence & 1023);
        queue.Push(new SimEvent(
            from + SimTime.FromNanoseconds(random.NextBelow(MostNanoseconds)), new NodeId(node), new NodeId(1023 - node), sequence++, kind: 1, subject: node, argument: 0));
    }
}
