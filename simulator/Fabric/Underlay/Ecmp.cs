namespace MizarLab.Fabric;

/// <summary>The choice among equal ports: by a hash of the flow and a number of the switch's own.</summary>
/// <remarks>
/// With one number for all switches every tier would make the same choice: of the flows a switch is sent, all would leave it by one port (polarisation). The mixing
/// is the finaliser of MurmurHash3 (Appleby, public domain); the high bits of a product reach the range.
/// </remarks>
internal static class Ecmp
{
    public static int Choose(uint flow, uint salt, int ports)
    {
        uint mixed = flow ^ salt;
        mixed = (mixed ^ mixed >> 16) * 0x85eb_ca6b;
        mixed = (mixed ^ mixed >> 13) * 0xc2b2_ae35;
        mixed ^= mixed >> 16;
        return (int)(((ulong)mixed * (uint)ports) >> 32);
    }
}
