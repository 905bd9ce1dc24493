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
    public void A_longer_run_allocates_no_more_than_a_shorter_one(int partitions, int threads)
    {
        Simulation simulation = Rings(partitions);
        SimTime until = SimTime.FromMicroseconds(200);
        simulation.Run(until, long.MaxValue, CancellationToken.None, threads);
        long shorter = AllocatedBy(2);
        long executed = simulation.Executed;
        long longer = AllocatedBy(80);
        Assert.True(simulation.Executed - executed > 100_000);
        // Threads are made anew for each run, and a run of several is some small objects; others in this process may allocate too, but not by the event.
        Assert.True(longer <= shorter + 20_000, $"{shorter} bytes for 2 µs, {longer} for 80");

        long AllocatedBy(int microseconds)
        {
            until += SimTime.FromMicroseconds(microseconds);
            long before = threads == 1 ? GC.GetAllocatedBytesForCurrentThread() : GC.GetTotalAllocatedBytes(precise: true);
            Assert.Equal(RunEnd.TimeReached, simulation.Run(until, long.MaxValue, CancellationToken.None, threads));
            return (threads == 1 ? GC.GetAllocatedBytesForCurrentThread() : GC.GetTotalAllocatedBytes(precise: true)) - before;
        }
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
    private static Simulation Rings(int partitions)
    {
        Simulation simulation = new(partitions, Delay);
        for (int i = 0; i < Nodes; i++)
        {
            simulation.Add(new Passing(simulation, i), i % partitions);
        }
        for (int i = 0; i < Nodes; i++)
        {
            simulation.Schedule(new SimTime(1000 + (i * 37 % 1000)), new NodeId(i), new NodeId(i), 1);
        }
        return simulation;
    }

    private sealed class Passing(Simulation simulation, int index) : INode
    {
        public void Handle(in SimEvent happening)
        {
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
