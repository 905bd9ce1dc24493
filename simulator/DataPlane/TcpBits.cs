namespace MizarLab.DataPlane;

/// <summary>The flags of TCP that a connection's life goes by.</summary>
internal static class TcpBits
{
    public const byte Fin = 0x01;
    public const byte Syn = 0x02;
    public const byte Rst = 0x04;
    public const byte Ack = 0x10;
}
