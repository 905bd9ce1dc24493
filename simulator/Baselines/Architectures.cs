using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Baselines;

/// <summary>The architectures by name, and what each is made of. Another is a line in each table.</summary>
public static class Architectures
{
    /// <summary>As experiments name them.</summary>
    public static ImmutableArray<(string Word, ArchitectureKind Kind)> Words { get; } =
    [
        ("mizar", ArchitectureKind.Mizar),
        ("lab", ArchitectureKind.Lab),
        ("full_mesh", ArchitectureKind.FullMesh),
        ("flood_and_learn", ArchitectureKind.FloodAndLearn),
        ("on_demand", ArchitectureKind.OnDemand),
        ("hoverboard", ArchitectureKind.Hoverboard),
        ("achelous", ArchitectureKind.Achelous),
        ("evpn", ArchitectureKind.Evpn),
    ];

    public static bool IsMizar(ArchitectureKind kind) => kind is ArchitectureKind.Mizar or ArchitectureKind.Lab;

    /// <summary>The data plane's settings under one of the Mizars: the experiment's own where it speaks that dialect, else the dialect's.</summary>
    /// <exception cref="ArgumentException">Not a Mizar.</exception>
    public static DataPlaneSettings SettingsOf(ArchitectureKind kind, DataPlaneSettings given)
    {
        Dialect dialect = kind switch
        {
            ArchitectureKind.Mizar => Dialect.Mizar,
            ArchitectureKind.Lab => Dialect.Lab,
            _ => throw new ArgumentException($"{kind} has no data plane of its own here", nameof(kind)),
        };
        return given.Dialect == dialect ? given : DataPlaneSettings.Of(dialect);
    }

    /// <summary>What happens when a network's endpoints come up.</summary>
    /// <param name="settings">Of the Mizars' data plane.</param>
    public static ControlPlane ControlPlaneOf(ArchitectureKind kind, ControlShape shape, DataPlaneSettings settings) => kind switch
    {
        ArchitectureKind.FullMesh => new FullMesh(shape),
        ArchitectureKind.FloodAndLearn => new FloodAndLearn(shape),
        ArchitectureKind.OnDemand => new OnDemand(shape),
        ArchitectureKind.Hoverboard or ArchitectureKind.Achelous => new Gateways(shape),
        ArchitectureKind.Evpn => shape.Reflectors == 0 ? new EvpnMesh(shape) : new Evpn(shape),
        _ => new MizarManagement(shape, SettingsOf(kind, settings)),
    };

    /// <summary>Who is told when an endpoint moves, of those architectures whose control plane tells anybody; hosts that hold its row are <see cref="ControlShape.RowHolders"/>.</summary>
    /// <exception cref="ArgumentException">Its hosts find out by themselves, or it is a Mizar, whose management plane has a workflow for it.</exception>
    public static ControlPlane MovePlaneOf(ArchitectureKind kind, ControlShape shape) => kind switch
    {
        ArchitectureKind.FullMesh => new FullMesh(shape),
        ArchitectureKind.Hoverboard => new Gateways(shape),
        ArchitectureKind.Achelous => new Gateways(shape with { RowHolders = 0 }),
        ArchitectureKind.Evpn => shape.Reflectors == 0 ? new EvpnMesh(shape) : new Evpn(shape),
        ArchitectureKind.OnDemand => new AskedHosts(shape),
        _ => throw new ArgumentException($"nobody tells {kind}'s hosts of a move", nameof(kind)),
    };
}
