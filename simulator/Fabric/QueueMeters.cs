using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Fabric;

/// <summary>
/// Watches the queues of a fabric: of every port and every core its length over time. Each belongs to the partition of the node whose queue it is, so they share
/// nothing. A fabric that none watches has no part of it on any frame's way but a look at a null, of frames that wait.
/// </summary>
internal sealed class QueueMeters
{
    private readonly List<(FabricPlace Place, QueueSeries Series)> queues = [];

    /// <param name="links">Of the fabric.</param>
    /// <param name="droplets">Those that have cores.</param>
    /// <param name="settings">Of the intervals.</param>
    public QueueMeters(IEnumerable<FabricPort> links, IEnumerable<DropletNode> droplets, MeterSettings settings)
    {
        foreach (FabricPort link in links)
        {
            link.Lengths = Add(FabricPlace.OfLink(link.Link), settings);
        }
        foreach (DropletNode droplet in droplets)
        {
            for (int core = 0; core < droplet.Cores.Length; core++)
            {
                QueueSeries series = Add(FabricPlace.Of(droplet.Droplet, core), settings);
                droplet.Cores[core].Witness = WitnessPair.Of(droplet.Cores[core].Witness, series);
            }
        }
    }

    /// <summary>Those where any frame ever waited.</summary>
    public IEnumerable<(FabricPlace Place, QueueSeries Series)> Used => queues.Where(queue => !queue.Series.IsEmpty);

    private QueueSeries Add(FabricPlace place, MeterSettings settings)
    {
        QueueSeries series = new(settings.Interval, settings.Intervals);
        queues.Add((place, series));
        return series;
    }
}

/// <summary>Two that see every customer of one queue.</summary>
internal sealed class WitnessPair(IQueueWitness one, IQueueWitness other) : IQueueWitness
{
    public static IQueueWitness Of(IQueueWitness? already, IQueueWitness another) => already is null ? another : new WitnessPair(already, another);

    public void Took(SimTime arrival, SimTime service, SimTime start, int waiting)
    {
        one.Took(arrival, service, start, waiting);
        other.Took(arrival, service, start, waiting);
    }

    public void Refused(SimTime arrival)
    {
        one.Refused(arrival);
        other.Refused(arrival);
    }

    public void Emptied(SimTime now)
    {
        one.Emptied(now);
        other.Emptied(now);
    }
}
