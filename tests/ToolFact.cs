namespace MizarLab.Tests;

/// <summary>A test that needs a program on the path; without it the test is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string program)
    {
        if (Find(program) is null)
        {
            Skip = $"{program} is not installed";
        }
    }

    /// <summary>The program's file, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
