using MizarLab.DataPlane;

namespace MizarLab.Measure;

/// <summary>What a droplet was to a frame in one run of a program. One droplet is all of them, to different frames.</summary>
public enum RunRole : byte
{
    /// <summary>It cannot be told: the frame was none of the overlay's, or too broken to have got far.</summary>
    Other,

    /// <summary>The endpoint's host, which sends: the agent.</summary>
    Sender,

    /// <summary>A bouncer of a network: the switch function and the scaled stage.</summary>
    Bouncer,

    /// <summary>A divider of a VPC: the router function.</summary>
    Divider,

    /// <summary>The endpoint's host, which delivers, rewrites for a service's client, or says that the endpoint is not here any more.</summary>
    Receiver,
}

/// <summary>Which role a run played follows from its reason.</summary>
public static class RunRoles
{
    public const int Count = (int)RunRole.Receiver + 1;

    private static readonly RunRole[] Transit = Table();

    /// <remarks>
    /// An agent whose endpoint's bouncer is on the same droplet tail-calls transit there: one run, whose reason is that of the bouncer, or of whoever comes after it
    /// there. DirectPath is an agent's own reason as well as the router's; in an agent's run it is taken for the agent's.
    /// </remarks>
    public static RunRole Of(ProgramId program, Reason reason) => program switch
    {
        ProgramId.Transit => Transit[(int)reason],
        _ when reason != Reason.DirectPath && Transit[(int)reason] is (RunRole.Bouncer or RunRole.Divider) and var role => role,
        _ => RunRole.Sender,
    };

    private static RunRole[] Table()
    {
        RunRole[] table = new RunRole[byte.MaxValue + 1];
        foreach (Reason reason in (ReadOnlySpan<Reason>)
        [
            Reason.ToHost, Reason.ToDivider, Reason.ToClientHost, Reason.NoRemote, Reason.NoVpc, Reason.UnknownEndpoint, Reason.NoScaledStage, Reason.ScaledUnknown,
            Reason.ScaledShort, Reason.ScaledNoPort, Reason.ScaledNoBackend, Reason.ScaledProtocol, Reason.ScaledBackend,
        ])
        {
            table[(int)reason] = RunRole.Bouncer;
        }
        foreach (Reason reason in (ReadOnlySpan<Reason>)[Reason.NetworkToBouncer, Reason.DirectPath, Reason.NaclDenied])
        {
            table[(int)reason] = RunRole.Divider;
        }
        foreach (Reason reason in (ReadOnlySpan<Reason>)
        [
            Reason.Delivered, Reason.ToFunction, Reason.Modified, Reason.Returned, Reason.Repaired, Reason.StaleReturn, Reason.IngressDenied, Reason.NoEndpointSlot,
            Reason.CongestionLost,
        ])
        {
            table[(int)reason] = RunRole.Receiver;
        }
        return table;
    }
}
