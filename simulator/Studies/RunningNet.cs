using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>A <see cref="StudyNet"/> that runs: the planned rows in the model data plane, droplets and links simulated, the study sending frames and looking at tables.</summary>
internal sealed class RunningNet : INode
{
    private const long EventLimit = 500_000_000;

    private readonly Plan plan;
    private readonly TimerSet timers;

    public RunningNet(Plan plan, DataPlaneSettings settings, ulong seed, TableSizes? sizes, bool record)
    {
        this.plan = plan;
        Model = new ModelDataPlane(plan.Topology.Droplets.Length, settings, sizes);
        plan.WriteInitial(Model);
        Network = new SimulatedNetwork(plan, Model, new FabricOptions(seed, Calibration.None, Record: record) { Silent = true });
        timers = new TimerSet(Network.Simulation, Network.Simulation.Add(this));
        for (int i = 0; i < plan.Topology.Endpoints.Length; i++)
        {
            if (plan.Topology.Endpoints[i].Initially)
            {
                Network.Attach(new EndpointId(i), plan.Topology.Endpoints[i].Droplet);
            }
        }
    }

    /// <summary>Who has which port, and what each step sends.</summary>
    public Plan Plan => plan;

    public ModelDataPlane Model { get; }

    public SimulatedNetwork Network { get; }

    public SimTime Now => Network.Simulation.Now;

    /// <summary>Frames that reached endpoints so far.</summary>
    public long Delivered => Network.Delivered;

    /// <summary>What endpoints got of a recorded run, in order.</summary>
    public IEnumerable<(EndpointId At, byte[] Frame)> Received
    {
        get
        {
            foreach (Sighting seen in Network.Sightings)
            {
                if (seen.Kind == SightingKind.EndpointReceived && seen.Endpoint is { } at)
                {
                    yield return (at, seen.FrameIn);
                }
            }
        }
    }

    /// <summary>Frames droplets have put on the underlay so far.</summary>
    public long OnTheWire
    {
        get
        {
            long frames = 0;
            foreach (FabricPort link in Network.Fabric.Links)
            {
                frames += link.IsUp ? link.Frames : 0;
            }
            return frames;
        }
    }

    /// <summary>Frames a droplet has put on the underlay so far.</summary>
    public long SentBy(DropletId droplet) => Network.Fabric.Uplink(droplet).Frames;

    /// <summary>An endpoint sends a frame now.</summary>
    public void Send(EndpointId from, ReadOnlySpan<byte> frame) => Network.Inject(from, frame);

    /// <summary>What the management plane sends for a step, all at once, in its order.</summary>
    public void Tell(int step)
    {
        foreach (TableUpdate update in plan.StepUpdates[step])
        {
            Write(update);
        }
    }

    /// <summary>One update, now.</summary>
    public void Write(TableUpdate update)
    {
        Model.Now = Now;
        update.ApplyTo(Model);
    }

    /// <summary>The updates of a step, for whoever sends them one by one.</summary>
    public IReadOnlyList<TableUpdate> UpdatesOf(int step) => plan.StepUpdates[step];

    /// <summary>Until nothing is on its way.</summary>
    public void Settle(CancellationToken cancel)
    {
        if (Network.Simulation.Run(SimTime.Never, EventLimit, cancel) == RunEnd.EventLimit)
        {
            throw new RunawayException($"a study's network did not come to rest within {EventLimit} events");
        }
    }

    /// <summary>So many spans.</summary>
    public static SimTime Times(SimTime span, long count) => new(span.Picoseconds * count);

    /// <summary>Does something at a time that has not come yet, while the network runs.</summary>
    public void At(SimTime when, Action happens) => timers.Create(happens).ArmAt(when);

    /// <summary>Lets time go by, and then until nothing is on its way.</summary>
    public void Wait(SimTime span, CancellationToken cancel)
    {
        At(Now + span, static () => { });
        Settle(cancel);
    }

    void INode.Handle(in SimEvent happening) => timers.Handle(in happening);

    /// <summary>Frames dropped or aborted so far on all droplets for this reason.</summary>
    public ulong Drops(Reason reason)
    {
        ulong sum = 0;
        for (int d = 0; d < plan.Topology.Droplets.Length; d++)
        {
            foreach (KeyValuePair<int, ulong> row in Model.Rows(new DropletId(d), Tables.Drops))
            {
                sum += row.Key == (int)reason ? row.Value : 0;
            }
        }
        return sum;
    }
}
