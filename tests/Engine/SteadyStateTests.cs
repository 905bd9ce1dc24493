using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

/// <summary>What a run costs in memory, and what foresight is told, on rings of nodes that pass tokens on for ever.</summary>
public sealed class SteadyStateTests
{
    private const int Nodes = 300;
    private static readonly SimTime Delay = SimTime.FromNanoseconds(100);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public void Once_it_has_grown_a_run_allocates_nothing_in_any_thread(int partitions, int threads)
    {
        AllocationMeter meter = new();
        Simulation simulation = Rings(partitions, meter);
        SimTime until = SimTime.FromMicroseconds(200);
        simulation.Run(until, long.MaxValue, CancellationToken.None, threads);
        long executed = simulation.Executed;
        meter.Begin();
        until += SimTime.FromMicroseconds(80);
        Assert.Equal(RunEnd.TimeReached, simulation.Run(until, long.MaxValue, CancellationToken.None, threads));
        Assert.True(simulation.Executed - executed > 100_000);
        Assert.True(meter.Readings > 100_000);
        Assert.Equal(0, meter.Allocated);
    }

    [Fact]
    public void Foresight_is_told_of_most_events_in_order_and_changes_nothing()
    {
        Simulation simulation = Rings(1);
        Foreseeing foresight = new();
        simulation.Partitions[0].Foresight = foresight;
        Simulation without = Rings(1);
        SimTime until = SimTime.FromMicroseconds(100);
        simulation.Run(until, long.MaxValue, CancellationToken.None);
        without.Run(until, long.MaxValue, CancellationToken.None);
        Assert.Equal(without.Executed, simulation.Executed);
        Assert.InRange(foresight.SoonTold, simulation.Executed / 2, simulation.Executed);
        Assert.InRange(foresight.NextTold, foresight.SoonTold, simulation.Executed);
        Assert.Equal(0, foresight.OutOfOrder);
    }

    /// <summary>Every node passes its tokens to the next after the delay and a little more, which differs by node; some nodes ring a bell at once.</summary>
    private static Simulation Rings(int partitions, AllocationMeter? meter = null)
    {
        Simulation simulation = new(partitions, Delay);
        for (int i = 0; i < Nodes; i++)
        {
            simulation.Add(new Passing(simulation, i, meter), i % partitions);
        }
        for (int i = 0; i < Nodes; i++)
        {
            simulation.Schedule(new SimTime(1000 + (i * 37 % 1000)), new NodeId(i), new NodeId(i), 1);
        }
        return simulation;
    }

    private sealed class Passing(Simulation simulation, int index, AllocationMeter? meter) : INode
    {
        public void Handle(in SimEvent happening)
        {
            meter?.Read();
            if (happening.Kind == 2)
            {
                return;
            }
            Partition partition = simulation.PartitionOf(happening.Destination);
            NodeId next = new((index + 1) % Nodes);
            partition.Schedule(happening.Time + Delay + new SimTime(index * 11 % 700), next, happening.Destination, 1);
            if (index % 50 == 0)
            {
                partition.Schedule(happening.Time, happening.Destination, happening.Destination, 2);
            }
        }
    }

    /// <summary>What each thread allocated between its first event and its last: other tests in this process are not counted.</summary>
    private sealed class AllocationMeter
    {
        private readonly long[] first = new long[4096];
        private readonly long[] last = new long[4096];
        private long readings;

        public long Readings => readings;

        public long Allocated => last.Zip(first, (l, f) => l - f).Sum();

        public void Begin()
        {
            Array.Clear(first);
            Array.Clear(last);
            readings = 0;
        }

        public void Read()
        {
            int thread = Environment.CurrentManagedThreadId;
            long now = GC.GetAllocatedBytesForCurrentThread();
            first[thread] = first[thread] == 0 ? now : first[thread];
            last[thread] = now;
            Interlocked.Increment(ref readings);
        }
    }

    private sealed class Foreseeing : IForesight
    {
        private SimTime soon;
        private SimTime next;

        public long SoonTold { get; private set; }

        public long NextTold { get; private set; }

        public int OutOfOrder { get; private set; }

        public void Soon(in SimEvent coming)
        {
            OutOfOrder += coming.Time < soon ? 1 : 0;
            soon = coming.Time;
            SoonTold++;
        }

        public void Next(in SimEvent coming)
        {
            OutOfOrder += coming.Time < next ? 1 : 0;
            next = coming.Time;
            NextTold++;
        }
    }
}
