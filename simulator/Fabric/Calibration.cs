using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>
/// How long a program takes, by the program and the way it went, which its reason names. Immutable. A frame leaves a droplet so
/// much later than it came in; whether frames wait for each other in programs is the NIC's affair (<see cref="NicSpec"/>).
/// </summary>
public sealed class Calibration
{
    private readonly SimTime[] agent = new SimTime[256];
    private readonly SimTime[] transit = new SimTime[256];

    private Calibration()
    {
    }

    /// <summary>Programs take no time, and no run claims any: the default, until a machine has been measured.</summary>
    public static Calibration None { get; } = new();

    public bool IsNone => ReferenceEquals(this, None);

    /// <summary>
    /// Upstream's programs on the machine of spec §11 (ICMP frames, net nanoseconds under BPF_PROG_TEST_RUN). A way not
    /// measured there takes what its program's commonest way takes.
    /// </summary>
    public static Calibration UpstreamMeasured { get; } = MakeUpstream();

    public SimTime TimeOf(ProgramId program, Reason reason) => Of(program)[(int)reason];

    /// <summary>Programs take no time, and runs say so.</summary>
    public static Calibration Zero { get; } = new();

    /// <summary>A copy in which this way through this program takes so long.</summary>
    public Calibration With(ProgramId program, Reason reason, SimTime time)
    {
        Calibration copy = Copy();
        copy.Of(program)[(int)reason] = time;
        return copy;
    }

    /// <summary>A copy in which every way through this program takes so long.</summary>
    public Calibration WithAll(ProgramId program, SimTime time)
    {
        Calibration copy = Copy();
        Array.Fill(copy.Of(program), time);
        return copy;
    }

    private Calibration Copy()
    {
        Calibration copy = new();
        agent.CopyTo(copy.agent, 0);
        transit.CopyTo(copy.transit, 0);
        return copy;
    }

    private SimTime[] Of(ProgramId program) => program == ProgramId.Agent ? agent : transit;

    private static Calibration MakeUpstream()
    {
        Calibration made = new();
        Array.Fill(made.agent, SimTime.FromNanoseconds(119));
        Array.Fill(made.transit, SimTime.FromNanoseconds(108));
        made.agent[(int)Reason.DirectPath] = SimTime.FromNanoseconds(101);
        made.transit[(int)Reason.ToHost] = SimTime.FromNanoseconds(117);
        made.transit[(int)Reason.ToDivider] = SimTime.FromNanoseconds(169);
        made.transit[(int)Reason.NetworkToBouncer] = SimTime.FromNanoseconds(292);
        made.transit[(int)Reason.DirectPath] = SimTime.FromNanoseconds(268);
        made.transit[(int)Reason.Delivered] = SimTime.FromNanoseconds(249);
        return made;
    }
}
