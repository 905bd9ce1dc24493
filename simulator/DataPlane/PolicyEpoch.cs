namespace MizarLab.DataPlane;

/// <summary>
/// Which policy a droplet has, as a number: every write to one of its policy tables makes another. A connection remembers by which it was let through,
/// so that an established one is not evaluated anew and a change of policy still ends it with its next packet (dialect <c>lab</c>).
/// </summary>
public static class PolicyEpoch
{
    /// <summary>Before the first write; 0 is no epoch. After 2^32 − 1 writes it starts again.</summary>
    public const uint First = 1;

    /// <summary>The epoch after this one.</summary>
    public static uint Next(uint epoch) => epoch == uint.MaxValue ? First : epoch + 1;

    /// <summary>Whether a write to this table begins another epoch.</summary>
    public static bool Counts(ITable table) =>
        ReferenceEquals(table, Tables.PolicyEnforced)
        || ReferenceEquals(table, Tables.PolicyPorts)
        || ReferenceEquals(table, Tables.PolicyCidrs)
        || ReferenceEquals(table, Tables.PolicyLabels);
}
