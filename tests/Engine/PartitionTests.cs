using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

public sealed class PartitionTests
{
    [Theory]
    [InlineData(1, 12)]
    [InlineData(2, 50)]
    [InlineData(3, 200)]
    [InlineData(4, 7)]
    public void Neither_partitions_nor_threads_change_what_happens(int seed, int nodes)
    {
        RandomGraph alone = new((ulong)seed, nodes, 1);
        Assert.Equal(RunEnd.Quiet, alone.Simulation.Run(SimTime.Never, long.MaxValue, CancellationToken.None));
        Assert.True(alone.Simulation.Executed > 2000);
        foreach (int partitions in (int[])[2, 3, 7])
        {
            foreach (int threads in (int[])[1, 2, 4])
            {
                RandomGraph parted = new((ulong)seed, nodes, partitions);
                Assert.Equal(RunEnd.Quiet, parted.Simulation.Run(SimTime.Never, long.MaxValue, CancellationToken.None, threads));
                Assert.Equal(alone.Fingerprint(), parted.Fingerprint());
                Assert.Equal(alone.Simulation.Executed, parted.Simulation.Executed);
                Assert.Equal(alone.Simulation.Now, parted.Simulation.Now);
                Assert.Equal(0, parted.Stored);
            }
        }
    }

    [Fact]
    public void Another_seed_is_another_run()
    {
        RandomGraph one = new(1, 30, 2);
        RandomGraph other = new(2, 30, 2);
        one.Simulation.Run(SimTime.Never, long.MaxValue, CancellationToken.None, 2);
        other.Simulation.Run(SimTime.Never, long.MaxValue, CancellationToken.None, 2);
        Assert.NotEqual(one.Fingerprint(), other.Fingerprint());
    }

    [Fact]
    public void A_run_in_pieces_of_time_or_of_events_is_the_same_run()
    {
        RandomGraph whole = new(5, 40, 1);
        whole.Simulation.Run(SimTime.Never, long.MaxValue, CancellationToken.None);

        RandomGraph byTime = new(5, 40, 3);
        SimTime until = SimTime.Zero;
        while (byTime.Simulation.Run(until, long.MaxValue, CancellationToken.None, 2) == RunEnd.TimeReached)
        {
            Assert.Equal(until, byTime.Simulation.Now);
            until += SimTime.FromNanoseconds(777);
        }
        Assert.Equal(whole.Fingerprint(), byTime.Fingerprint());

        RandomGraph byEvents = new(5, 40, 3);
        long executed = 0;
        while (byEvents.Simulation.Run(SimTime.Never, 10, CancellationToken.None, 2) == RunEnd.EventLimit)
        {
            Assert.True(byEvents.Simulation.Executed >= executed + 10);
            executed = byEvents.Simulation.Executed;
        }
        Assert.Equal(whole.Fingerprint(), byEvents.Fingerprint());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void What_a_node_throws_reaches_the_caller(int threads)
    {
        RandomGraph graph = new(6, 40, 4)
        {
            OnEvent = (node, count) =>
            {
                if (node is 3 or 20 && count == 10)
                {
                    throw new InvalidDataException($"node {node}");
                }
            },
        };
        InvalidDataException thrown = Assert.Throws<InvalidDataException>(
            () => graph.Simulation.Run(SimTime.Never, long.MaxValue, CancellationToken.None, threads));
        Assert.StartsWith("node ", thrown.Message);
        Assert.Contains(nameof(RandomGraph), thrown.StackTrace);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cancellation_ends_a_run(int threads)
    {
        RandomGraph graph = new(7, 20, 4, hops: int.MaxValue);
        using CancellationTokenSource source = new();
        Task run = Task.Run(() => graph.Simulation.Run(SimTime.Never, long.MaxValue, source.Token, threads), CancellationToken.None);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public void An_endless_run_at_one_instant_ends_at_its_event_limit()
    {
        Simulation simulation = new(2, SimTime.FromNanoseconds(1));
        NodeId[] nodes = [simulation.Add(new Bouncing(simulation), 0), simulation.Add(new Bouncing(simulation), 1)];
        simulation.Schedule(SimTime.Zero, nodes[1], nodes[1], 1);
        Assert.Equal(RunEnd.EventLimit, simulation.Run(SimTime.Never, 12_345, CancellationToken.None, 2));
        Assert.Equal(12_345, simulation.Executed);
    }

    [Fact]
    public void What_would_reach_another_partition_within_a_window_is_refused()
    {
        Simulation simulation = new(2, SimTime.FromNanoseconds(10));
        NodeId there = simulation.Add(new Sending(simulation, default, SimTime.Zero), 1);
        NodeId here = simulation.Add(new Sending(simulation, there, SimTime.FromNanoseconds(9)), 0);
        simulation.Schedule(SimTime.FromNanoseconds(5), here, here, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => simulation.Run(SimTime.Never, 10, CancellationToken.None));
    }

    [Fact]
    public void Within_a_run_of_several_partitions_nobody_schedules_past_them()
    {
        Simulation simulation = new(2, SimTime.FromNanoseconds(10));
        NodeId node = simulation.Add(new Rude(simulation), 1);
        simulation.Schedule(SimTime.Zero, node, node, 1);
        Assert.Throws<InvalidOperationException>(() => simulation.Run(SimTime.Never, 10, CancellationToken.None));
    }

    private sealed class Bouncing(Simulation simulation) : INode
    {
        public void Handle(in SimEvent happening)
        {
            Partition partition = simulation.PartitionOf(happening.Destination);
            partition.Schedule(partition.Now, happening.Destination, happening.Destination, 1);
        }
    }

    private sealed class Sending(Simulation simulation, NodeId to, SimTime delay) : INode
    {
        public void Handle(in SimEvent happening) =>
            simulation.PartitionOf(happening.Destination).Schedule(happening.Time + delay, to, happening.Destination, 1);
    }

    private sealed class Rude(Simulation simulation) : INode
    {
        public void Handle(in SimEvent happening) => simulation.Schedule(happening.Time, happening.Destination, happening.Destination, 1);
    }
}
