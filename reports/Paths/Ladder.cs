using System.Collections.Immutable;
using MizarLab.Engine;

namespace MizarLab.Reports;

/// <summary>What a lane of a ladder stands for.</summary>
public enum LaneKind : byte
{
    Endpoint,
    Droplet,
}

/// <summary>One place on the way, drawn as a vertical line. <see cref="Caption"/> is its address, <see cref="Roles"/> what it does there.</summary>
public sealed record LadderLane(LaneKind Kind, string Name, string Caption, string Roles);

public enum LadderRowKind : byte
{
    /// <summary>Between an endpoint and the droplet that hosts it.</summary>
    Port,

    /// <summary>An underlay segment.</summary>
    Wire,

    /// <summary>A program ran.</summary>
    Run,

    /// <summary>It left and arrived nowhere.</summary>
    Lost,
}

/// <summary>How a row is coloured.</summary>
public enum LadderTone : byte
{
    Plain,
    Good,
    Odd,
    Bad,
}

/// <summary>
/// One event, top to bottom. A <see cref="LadderRowKind.Run"/> and a <see cref="LadderRowKind.Lost"/> have one lane, in both fields.
/// <see cref="Upper"/> stands above the arrow, <see cref="Lower"/> below it.
/// </summary>
public sealed record LadderRow(LadderRowKind Kind, int From, int To, string Upper, string Lower, LadderTone Tone, SimTime Since);

/// <summary>One journey as lanes and arrows, without any geometry.</summary>
public sealed record Ladder(ImmutableArray<LadderLane> Lanes, ImmutableArray<LadderRow> Rows);
