using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Overlay;

namespace MizarLab.Harness.Bench;

/// <summary>What carries the packets of a row.</summary>
public enum RelayPlane : byte
{
    /// <summary>Droplets turn frames that are nothing but a waybill.</summary>
    Bare,

    /// <summary>The whole model data plane, dialect lab, relays being the bouncers.</summary>
    Lab,

    /// <summary>The same with the direct path on: after a flow's first packets no bouncer is on the way.</summary>
    LabDirect,
}

/// <summary>One row of the simulator's bench: the relay workload on a fabric, by so many threads.</summary>
internal sealed record SimulatorCase(FabricShape Shape, int Droplets, RelayPlane Plane, int Threads)
{
    /// <summary>Droplets a partition is best cut to: what one touches in a window stays in a core's second cache.</summary>
    private const int DropletsPerPartition = 128;

    /// <summary>Between so many there are two mailboxes for each pair, and each window looks into all of one set.</summary>
    private const int MostPartitions = 40;

    /// <summary>All rows, in the order they are run and shown: of each fabric those of one thread and two side by side.</summary>
    public static readonly IReadOnlyList<SimulatorCase> All =
    [
        .. from plane in Enum.GetValues<RelayPlane>()
           from fabric in ((FabricShape Shape, int Droplets)[])
           [
               (FabricShape.Star, 1_000), (FabricShape.Star, 10_000), (FabricShape.LeafSpine(32, 8), 1_024), (FabricShape.LeafSpine(100, 32), 10_000),
           ]
           where plane != RelayPlane.LabDirect || fabric.Droplets == 1_024
           from threads in (int[])[1, 2]
           select new SimulatorCase(fabric.Shape, fabric.Droplets, plane, threads),
    ];

    public string Topology => Shape.Kind == FabricKind.Star ? "star" : "leaf-spine";

    public string Name => $"{Topology}-{Droplets}-{PlaneName}-{Threads}";

    public string PlaneName => Plane switch { RelayPlane.Bare => "bare", RelayPlane.Lab => "lab", _ => "lab-direct" };

    /// <summary>Rows that differ in this alone have the same run, and so the same fingerprint.</summary>
    public SimulatorCase Alone => this with { Threads = 1 };

    public RelaySetup Setup => new(Shape, Droplets, Math.Max(Threads, Math.Min(Droplets / DropletsPerPartition, MostPartitions)));

    /// <summary>Simulated time in which links take about so many frames.</summary>
    public SimTime TimeFor(long hops)
    {
        int ways = Plane == RelayPlane.LabDirect ? 1 : 2;
        int hopsAWay = Shape.Kind == FabricKind.Star ? 2 : 4;
        return new SimTime(RelayWorkload.Interval.Picoseconds * Math.Max(hops / ((long)Droplets * ways * hopsAWay), 1));
    }
}
