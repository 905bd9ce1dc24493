using System.Collections.Immutable;
using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>A place a packet, or a question about it, passes.</summary>
/// <param name="Service">What it takes there.</param>
/// <param name="Link">From there to the next place; unused at the last.</param>
public readonly record struct Stop(SimTime Service, SimTime Link);

/// <summary>One packet's way through idle places, one event a place: when it is through the last.</summary>
public static class Itinerary
{
    public static SimTime Travel(ImmutableArray<Stop> stops)
    {
        Simulation simulation = new();
        Places places = new(simulation, stops);
        simulation.Run(SimTime.Never, long.MaxValue, CancellationToken.None);
        return places.Through;
    }

    private sealed class Places : INode
    {
        private readonly Simulation simulation;
        private readonly ImmutableArray<Stop> stops;
        private readonly Station[] stations;
        private readonly int first;

        public Places(Simulation simulation, ImmutableArray<Stop> stops)
        {
            (this.simulation, this.stops) = (simulation, stops);
            stations = [.. stops.Select(_ => new Station())];
            for (int i = 0; i < stops.Length; i++)
            {
                first = simulation.Add(this).Index - i;
            }
            NodeId start = new(first);
            simulation.Schedule(SimTime.Zero, start, start, 0);
        }

        public SimTime Through { get; private set; }

        public void Handle(in SimEvent happening)
        {
            int at = happening.Destination.Index - first;
            stations[at].TryEnter(happening.Time, stops[at].Service, out SimTime done);
            if (at + 1 == stops.Length)
            {
                Through = done;
                return;
            }
            simulation.Schedule(done + stops[at].Link, new NodeId(first + at + 1), happening.Destination, 0);
        }
    }
}
