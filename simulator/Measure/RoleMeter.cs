using System.Runtime.CompilerServices;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Measure;

/// <summary>
/// The load of droplets by role: of bouncers and dividers frames and bytes over time, of every role sums. One a partition, for the droplets whose programs it runs.
/// A droplet that never played a part costs a reference; recording allocates at the first frame of a role and never after.
/// </summary>
/// <param name="droplets">How many there are.</param>
/// <param name="settings">Of the intervals.</param>
public sealed class RoleMeter(int droplets, MeterSettings settings)
{
    private readonly DropletLoad?[] loads = new DropletLoad?[droplets];

    /// <summary>What a droplet carried; null: it ran no program.</summary>
    public DropletLoad? this[DropletId droplet] => loads[droplet.Index];

    /// <summary>A program ran on a frame.</summary>
    /// <param name="bytes">Of the frame as it came over the wire; of an agent's, as it left.</param>
    public void Ran(DropletId droplet, ProgramId program, in ProgramResult result, SimTime now, int bytes) =>
        (loads[droplet.Index] ??= new DropletLoad(settings)).Ran(program, RunRoles.Of(program, result.Reason), now, bytes);
}

/// <summary>What one droplet carried.</summary>
public sealed class DropletLoad
{
    private readonly MeterSettings settings;
    private RoleSums sums;
    private IntervalSeries? bouncer;
    private IntervalSeries? divider;

    internal DropletLoad(MeterSettings settings) => this.settings = settings;

    /// <summary>Frames and bytes of the runs of one program in a role.</summary>
    public RoleSum Sum(ProgramId program, RunRole role) => sums[PlaceOf(program, role)];

    /// <summary>Over time, frames in the first column and bytes in the second; null for other roles than bouncer and divider, and where the role was not played.</summary>
    public IntervalSeries? Series(RunRole role) => role switch
    {
        RunRole.Bouncer => bouncer,
        RunRole.Divider => divider,
        _ => null,
    };

    internal void Ran(ProgramId program, RunRole role, SimTime now, int bytes)
    {
        sums[PlaceOf(program, role)].Add(bytes);
        if (role == RunRole.Bouncer)
        {
            (bouncer ??= NewSeries()).Add(now, 1, bytes);
        }
        else if (role == RunRole.Divider)
        {
            (divider ??= NewSeries()).Add(now, 1, bytes);
        }
    }

    private IntervalSeries NewSeries() => new(settings.Interval, settings.Intervals, columns: 2);

    private static int PlaceOf(ProgramId program, RunRole role) => (program == ProgramId.Transit ? RunRoles.Count : 0) + (int)role;
}

/// <summary>Frames and their bytes.</summary>
public record struct RoleSum(long Frames, long Bytes)
{
    public static RoleSum operator +(RoleSum a, RoleSum b) => new(a.Frames + b.Frames, a.Bytes + b.Bytes);

    internal void Add(int bytes)
    {
        Frames++;
        Bytes += bytes;
    }
}

/// <summary>A sum a program and role, in the object itself.</summary>
[InlineArray(2 * RunRoles.Count)]
internal struct RoleSums
{
    private RoleSum first;
}

/// <summary>How load and queues over time are kept.</summary>
/// <param name="Interval">The shortest interval; with time it doubles, again and again.</param>
/// <param name="Intervals">An even number: the most there are. A role takes 16 bytes of each, a queue 20.</param>
public sealed record MeterSettings(SimTime Interval, int Intervals = 256)
{
    /// <summary>Intervals of a microsecond and longer, at most 256.</summary>
    public static readonly MeterSettings Default = new(SimTime.FromMicroseconds(1));

    /// <summary>The shortest width that <paramref name="time"/> fits in, and that is not below another.</summary>
    public SimTime WidthFor(SimTime time, SimTime atLeast)
    {
        SimTime width = Interval;
        while (width < atLeast || time.Picoseconds / width.Picoseconds >= Intervals)
        {
            width += width;
        }
        return width;
    }
}
