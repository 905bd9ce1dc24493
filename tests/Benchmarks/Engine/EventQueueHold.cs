using BenchmarkDotNet.Attributes;
using MizarLab.Benchmarks.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Benchmarks.Engine;

/// <summary>
/// The hold model: take the first event, put one back a random time later, so that the number pending stays (Jones 1986). The wheel is what
/// the engine uses, the 4-ary heap what it used and keeps for the little that wheels are bad at.
/// </summary>
[BenchmarkCategory(Categories.Engine)]
public class EventQueueHold
{
    /// <summary>Twice the mean increment: 10 µs, as a frame's time on a wire.</summary>
    private const uint MostNanoseconds = 20_000;

    private readonly EventQueue wheel = new();
    private readonly EventHeap heap = new();
    private RandomStream random = new(1, "hold");
    private long sequence;

    [Params(1_000, 100_000, 1_000_000)]
    public int Pending { get; set; }

    /// <summary>Both are filled and held by the same numbers, and must take the same events in the same order.</summary>
    [GlobalSetup]
    public void Setup()
    {
        while (heap.Count < Pending)
        {
            SimEvent added = Later(SimTime.Zero);
            wheel.Push(in added);
            heap.Push(in added);
        }
        for (int i = 0; i < 2 * Pending; i++)
        {
            SimEvent first = heap.Pop();
            SimEvent same = wheel.Pop();
            WrongPathException.ThrowUnless(!first.Before(in same) && !same.Before(in first), "wheel and heap differ in order");
            SimEvent added = Later(first.Time);
            wheel.Push(in added);
            heap.Push(in added);
        }
        WrongPathException.ThrowUnless(heap.Count == Pending && wheel.Count == Pending, "the number pending did not stay");
        random = new RandomStream(2, "hold");
    }

    [Benchmark]
    public SimTime Wheel()
    {
        SimEvent first = wheel.Pop();
        SimEvent added = Later(first.Time);
        wheel.Push(in added);
        return first.Time;
    }

    [Benchmark(Baseline = true)]
    public SimTime Heap()
    {
        SimEvent first = heap.Pop();
        SimEvent added = Later(first.Time);
        heap.Push(in added);
        return first.Time;
    }

    private SimEvent Later(SimTime from)
    {
        int node = (int)(sequence & 1023);
        return new SimEvent(
            from + SimTime.FromNanoseconds(random.NextBelow(MostNanoseconds)), new NodeId(node), new NodeId(1023 - node), sequence++, kind: 1, subject: node, argument: 0);
    }
}
