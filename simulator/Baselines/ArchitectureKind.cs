namespace MizarLab.Baselines;

/// <summary>The network architectures that are held against each other. Their words in experiments are those of <see cref="Architectures.Words"/>.</summary>
public enum ArchitectureKind : byte
{
    /// <summary>Mizar as upstream has it: its messages and packets are those of Management/ and DataPlane/ in the dialect <c>mizar</c>.</summary>
    Mizar,

    /// <summary>The corrected Mizar, dialect <c>lab</c>.</summary>
    Lab,

    /// <summary>Every host is told of every endpoint (Andromeda's preprogrammed model, Neutron's l2pop).</summary>
    FullMesh,

    /// <summary>Nobody is told of anything; unknown destinations are flooded by head-end replication (VXLAN without a control plane).</summary>
    FloodAndLearn,

    /// <summary>A host asks the controller when it meets an address it does not know.</summary>
    OnDemand,

    /// <summary>Gateways know all; flows above a threshold are offloaded to hosts by a controller (Andromeda).</summary>
    Hoverboard,

    /// <summary>Gateways know all; hosts learn from them, and what they learnt has a lifetime (Achelous).</summary>
    Achelous,

    /// <summary>Hosts tell each other, by route reflectors or in a full mesh of sessions (EVPN).</summary>
    Evpn,
}
