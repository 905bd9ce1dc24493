using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

public sealed class SimulationTests
{
    [Fact]
    public void The_clock_is_at_each_event_and_never_passes_the_end_asked_for()
    {
        Simulation simulation = new();
        Log log = new(simulation);
        NodeId node = simulation.Add(log);
        simulation.Schedule(SimTime.FromMicroseconds(5), node, node, kind: 2);
        simulation.Schedule(SimTime.FromMicroseconds(1), node, node, kind: 1);
        simulation.Schedule(SimTime.FromMicroseconds(9), node, node, kind: 3);

        Assert.Equal(RunEnd.TimeReached, simulation.Run(SimTime.FromMicroseconds(7), long.MaxValue, CancellationToken.None));
        Assert.Equal(["1 at 1us", "2 at 5us"], log.Lines);
        Assert.Equal(SimTime.FromMicroseconds(7), simulation.Now);
        Assert.Equal(RunEnd.Quiet, simulation.Run(SimTime.Never, long.MaxValue, CancellationToken.None));
        Assert.Equal(3, simulation.Executed);
        Assert.Equal(SimTime.FromMicroseconds(9), simulation.Now);
    }

    [Fact]
    public void Nothing_can_be_scheduled_in_the_past()
    {
        Simulation simulation = new();
        NodeId node = simulation.Add(new Log(simulation));
        simulation.Schedule(SimTime.FromMicroseconds(2), node, node, 1);
        simulation.Run(SimTime.Never, 10, CancellationToken.None);
        Assert.Throws<ArgumentOutOfRangeException>(() => simulation.Schedule(SimTime.FromMicroseconds(1), node, node, 1));
    }

    [Fact]
    public void An_endless_run_ends_at_its_event_limit_and_at_cancellation()
    {
        Simulation simulation = new();
        NodeId node = simulation.Add(new Bouncing(simulation));
        simulation.Schedule(SimTime.Zero, node, node, 1);
        Assert.Equal(RunEnd.EventLimit, simulation.Run(SimTime.Never, 12_345, CancellationToken.None));
        Assert.Equal(12_345, simulation.Executed);
        Assert.Throws<OperationCanceledException>(() => simulation.Run(SimTime.Never, long.MaxValue, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Simultaneous_events_are_ordered_by_destination_then_source_then_sequence()
    {
        Simulation simulation = new();
        List<string> seen = [];
        NodeId[] nodes = [.. Enumerable.Range(0, 3).Select(i => simulation.Add(new Naming(seen, i)))];
        simulation.Schedule(SimTime.Zero, nodes[2], nodes[0], 0);
        simulation.Schedule(SimTime.Zero, nodes[1], nodes[2], 0);
        simulation.Schedule(SimTime.Zero, nodes[1], nodes[0], 0);
        simulation.Schedule(SimTime.Zero, nodes[1], nodes[0], 1);
        simulation.Run(SimTime.Never, 10, CancellationToken.None);
        Assert.Equal(["1 from 0 kind 0", "1 from 0 kind 1", "1 from 2 kind 0", "2 from 0 kind 0"], seen);
    }

    private sealed class Log(Simulation simulation) : INode
    {
        public List<string> Lines { get; } = [];

        public void Handle(in SimEvent happening) => Lines.Add($"{happening.Kind} at {simulation.Now}");
    }

    private sealed class Bouncing(Simulation simulation) : INode
    {
        public void Handle(in SimEvent happening) =>
            simulation.Schedule(simulation.Now, happening.Destination, happening.Destination, 1);
    }

    private sealed class Naming(List<string> seen, int index) : INode
    {
        public void Handle(in SimEvent happening) => seen.Add($"{index} from {happening.Source.Index} kind {happening.Kind}");
    }
}
