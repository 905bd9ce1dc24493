namespace MizarLab.Tests.Packets;

/// <summary>A test that asks tshark; where it is not installed the test is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TsharkFactAttribute : FactAttribute
{
    public TsharkFactAttribute()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        if (!folders.Any(static folder => File.Exists(Path.Combine(folder, "tshark"))))
        {
            Skip = "tshark is not installed";
        }
    }
}
