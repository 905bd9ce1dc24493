using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>What the limiter at a NIC's egress says of a frame.</summary>
public enum EgressVerdict : byte
{
    /// <summary>It goes.</summary>
    Pass,

    /// <summary>It goes at <see cref="EgressAnswer.Departure"/>.</summary>
    Wait,

    Drop,
}

/// <param name="Departure">When it goes; meaningless when it is dropped.</param>
public readonly record struct EgressAnswer(EgressVerdict Verdict, SimTime Departure);

/// <summary>A data plane that limits best-effort traffic behind the host's bridge (§3.11): frames an agent passed because they are not premium.</summary>
public interface IPacesEgress
{
    /// <summary>Asks the limiter of a droplet's NIC, at the time <see cref="IDataPlane.Now"/>; the frame stays as it is.</summary>
    /// <param name="frame">As it is about to leave.</param>
    /// <param name="earliest">A departure time somebody gave it before; <see cref="SimTime.Zero"/>: none.</param>
    EgressAnswer Egress(DropletId droplet, in Frame frame, SimTime earliest);
}
