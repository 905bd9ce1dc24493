using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Workload.Tcp;

namespace MizarLab.Overlay;

/// <summary>A scenario as it was understood: topology, timeline, expectations. Made by the scenario language, run by any backend.</summary>
public sealed record Scenario
{
    public required string Name { get; init; }
    public string Description { get; init; } = "";

    /// <summary>The file it was read from, as the user named it.</summary>
    public required string File { get; init; }

    /// <summary>The data plane it runs on: a dialect, single switches, sharding, lifetimes. What every backend loads, and what the plan programs for.</summary>
    public DataPlaneSettings Settings { get; init; } = DataPlaneSettings.Default;

    /// <summary>The dialect of <see cref="Settings"/>; setting it sets the dialect's own settings.</summary>
    public Dialect Dialect
    {
        get => Settings.Dialect;
        init => Settings = DataPlaneSettings.Of(value);
    }

    /// <summary>Backends the scenario wants (<c>model</c>, <c>bpf</c>, <c>netns</c>, <c>docker</c>); empty when the file names none.</summary>
    public ImmutableArray<string> On { get; init; } = [];

    public ImmutableArray<string> Tags { get; init; } = [];

    public ProgrammingOrder Order { get; init; } = ProgrammingOrder.Safe;

    /// <summary>Time between two updates the management plane sends within one step; zero: all at once, in order.</summary>
    public SimTime Pace { get; init; } = SimTime.Zero;

    /// <summary>The TCP of simulated endpoints; a live one's is its kernel's.</summary>
    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    public required Topology Topology { get; init; }
    public required ImmutableArray<Step> Timeline { get; init; }
    public required ImmutableArray<Expectation> Expect { get; init; }
}

/// <summary>In which order the management plane programs droplets when roles change (spec §4.6).</summary>
public enum ProgrammingOrder : byte
{
    /// <summary>A role is programmed whole before anybody is told to use it, and let go before it is emptied.</summary>
    Safe,

    /// <summary>Upstream's order at HEAD, with its windows.</summary>
    Upstream,
}
